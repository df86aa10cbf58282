import { errorMessage, OperationError } from "@catapullt/core/errors";

export type FindingState = "ok" | "warning" | "failure";

/** What a check has seen: `failure` where tonight's backup would fail of it. */
export interface Finding {
  state: FindingState;
  message: string;
  /** What to do about it: a command to run or a key to set; may have several lines. */
  fix: string | undefined;
}

export function ok(message: string): Finding {
  return { state: "ok", message, fix: undefined };
}

export function warning(message: string, fix?: string): Finding {
  return { state: "warning", message, fix };
}

export function failure(message: string, fix?: string): Finding {
  return { state: "failure", message, fix };
}

/** What a backup would end with. Anything but an error that a user can act on, or one of the system's, is thrown on. */
export function failureOf(error: unknown): Finding {
  if (error instanceof OperationError) return failure(error.message, error.hint);
  if (error instanceof Error && "syscall" in error) return failure(errorMessage(error), "run it as root");
  throw error;
}

/** The worst of several states. */
export function worst(states: readonly FindingState[]): FindingState {
  if (states.includes("failure")) return "failure";
  return states.includes("warning") ? "warning" : "ok";
}
