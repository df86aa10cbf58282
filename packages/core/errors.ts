import { type ErrorCode, errorCodes } from "./error-codes.ts";

export interface OperationErrorOptions {
  /** What to do about it: a command to run or a key to set, one sentence or a few lines. */
  hint?: string | undefined;
  cause?: unknown;
}

/**
 * A failure that the user can act on. The message starts in lower case and names the path, host or key; the hint
 * says what to do. Any other error that reaches the exit point is a bug and prints its stack.
 */
export class OperationError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: OperationErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "OperationError";
    this.code = code;
    this.hint = options.hint;
  }

  get exitCode(): number {
    return errorCodes[this.code].exitCode;
  }
}

/** True for a system error with one of these codes, such as `ENOENT`. */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
