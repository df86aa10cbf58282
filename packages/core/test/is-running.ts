import { readFileSync } from "node:fs";
import { hasErrorCode } from "../errors.ts";

/** Whether a process runs; one that has ended and was not waited for does not. */
export function isRunning(processId: number): boolean {
  try {
    const status = readFileSync(`/proc/${processId}/stat`, "utf8");
    return status.slice(status.lastIndexOf(")") + 2, status.lastIndexOf(")") + 3) !== "Z";
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ESRCH")) return false;
    throw error;
  }
}
