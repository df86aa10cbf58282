import { errorMessage, hasErrorCode, OperationError } from "../errors.ts";
import { redact, redactValue } from "../log/redaction.ts";
import type { CommandResult } from "./result.ts";

/**
 * Prints a result on standard output, as text or as one JSON document, and waits until it is written. A reader that went
 * away (`| head`) is no failure; anything else is `output-failed`.
 */
export function printResult({ text, json }: CommandResult, asJson: boolean): Promise<void> {
  const content = asJson ? `${JSON.stringify(redactValue(json), null, 2)}\n` : redact(text);
  return new Promise((resolve, reject) => {
    const finish = (error: unknown) => {
      if (error && !hasErrorCode(error, "EPIPE")) reject(outputFailed(error));
      else resolve();
    };
    process.stdout.once("error", finish);
    process.stdout.write(content, finish);
  });
}

function outputFailed(cause: unknown): OperationError {
  return new OperationError("output-failed", `standard output cannot be written: ${errorMessage(cause)}`, {
    hint: "the command itself has done its work; make room where its output goes",
    cause,
  });
}
