import { OperationError } from "@catapullt/core/errors";
import { formatDuration } from "@catapullt/core/units";

export interface TimeLimit {
  /** Aborts when the run is told to end or has run too long. */
  signal: AbortSignal;
  /** What to say of an error that came up: the time limit where that is the cause, else the error itself. */
  explain(error: unknown): unknown;
}

/** Joins the program's own signal with a limit in milliseconds; no limit if undefined. */
export function limitTime(signal: AbortSignal, application: string, limit: number | undefined): TimeLimit {
  if (limit === undefined) return { signal, explain: (error) => error };
  const timer = AbortSignal.timeout(limit);
  return {
    signal: AbortSignal.any([signal, timer]),
    explain(error) {
      if (!timer.aborted || signal.aborted) return error;
      return new OperationError(
        "command-timeout",
        `the backup of ${application} took longer than ${formatDuration(limit)}`,
        {
          hint: `find out what hung (the log above ends there), or raise applications.${application}.timeout`,
          cause: error,
        },
      );
    },
  };
}
