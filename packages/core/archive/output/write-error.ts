import { errorMessage, OperationError } from "../../errors.ts";
import { formatBytes } from "../../units.ts";
import { describeCurrentUser } from "./current-user.ts";

export interface WriteErrorContext {
  directory: string;
  /** Bytes that were written before it failed; undefined where nothing could be begun. */
  writtenBytes?: number;
}

/**
 * What an error of a system call means that came from writing to `directory`: `work-directory-unusable` or
 * `archive-write-failed`. Any other error comes back as it is.
 */
export function describeWriteError(error: unknown, { directory, writtenBytes }: WriteErrorContext): unknown {
  if (!(error instanceof Error && "syscall" in error && "code" in error)) return error;
  const progress = writtenBytes === undefined ? "" : ` after ${formatBytes(writtenBytes)} of the archive`;
  const remedy = remedyOf(String(error.code));
  if (remedy === undefined) {
    return new OperationError(
      "archive-write-failed",
      `writing to ${directory} failed${progress}: ${errorMessage(error)}`,
      { hint: "look in the system's log (dmesg) for faults of the disk or the mount", cause: error },
    );
  }
  return new OperationError("work-directory-unusable", `the work directory ${directory} ${remedy.problem}${progress}`, {
    hint: remedy.hint,
    cause: error,
  });
}

interface Remedy {
  problem: string;
  hint: string;
}

function remedyOf(code: string): Remedy | undefined {
  switch (code) {
    case "ENOENT":
      return {
        problem: "does not exist",
        hint: "make it or mount what belongs there, or set `workDir` to another one",
      };
    case "ENOTDIR":
      return { problem: "is not a directory", hint: "set `workDir` to a directory" };
    case "ENOSPC":
      return { problem: "is full", hint: "free space there, or set `workDir` to a file system that has more" };
    case "EDQUOT":
      return { problem: "is at its quota", hint: "raise the quota, free space there, or set `workDir` to another one" };
    case "EROFS":
      return { problem: "is mounted read-only", hint: "mount it writable, or set `workDir` to another one" };
    case "EACCES":
    case "EPERM":
      return {
        problem: `cannot be written by ${describeCurrentUser()}`,
        hint: "give this user write permission there, or set `workDir` to another one",
      };
    default:
      return undefined;
  }
}
