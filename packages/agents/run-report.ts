import { errorMessage, OperationError } from "@catapullt/core/errors";
import { type ReportedFailure, type RunReport, reportSchemaVersion } from "@catapullt/core/report/schema";

export interface RunFacts {
  /** The subcommand, such as `backup`. */
  command: string;
  host: string;
  application?: string | undefined;
  startedAt: Date;
  endedAt: Date;
}

/** A run report of this program without anything in it. */
export function emptyRunReport({
  command,
  host,
  application,
  startedAt,
  endedAt,
}: RunFacts): Omit<RunReport, "outcome"> {
  return {
    schemaVersion: reportSchemaVersion,
    program: "backup-agent",
    command,
    host,
    ...(application === undefined ? {} : { application }),
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    archives: [],
    databases: [],
    trees: [],
    warnings: [],
    failures: [],
  };
}

/** The report of a run that failed, whatever the reason. */
export function failedRunReport(facts: RunFacts, error: unknown): RunReport {
  return { ...emptyRunReport(facts), outcome: "failure", failures: [describeFailure(error)] };
}

function describeFailure(error: unknown): ReportedFailure {
  const known = error instanceof OperationError ? error : undefined;
  return {
    code: known?.code ?? "unexpected",
    message: errorMessage(error),
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
  };
}
