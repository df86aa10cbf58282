import { hostname } from "node:os";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import {
  type ReportedArchive,
  type ReportedFailure,
  type RunReport,
  reportSchemaVersion,
} from "@catapullt/core/report/schema";

export interface RunFacts {
  /** `pull`, `prune`, … */
  command: string;
  startedAt: Date;
  endedAt: Date;
  archives?: ReportedArchive[];
  warnings: string[];
  failures: ReportedFailure[];
}

/** The run report of any of the archiver's commands. */
export function createRunReport({ command, startedAt, endedAt, archives = [], ...found }: RunFacts): RunReport {
  const { warnings, failures } = found;
  return {
    schemaVersion: reportSchemaVersion,
    program: "archiver",
    command,
    host: hostname(),
    outcome: failures.length > 0 ? "failure" : warnings.length > 0 ? "warning" : "success",
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    archives,
    databases: [],
    trees: [],
    warnings,
    failures,
  };
}

/** What ended a run as a whole, for its report. */
export function describeFailure(error: unknown): ReportedFailure {
  if (!(error instanceof OperationError)) return { code: "ended", message: errorMessage(error) };
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** Tells of what failed for one host while the others go on; returns it for the report. */
export function noteHostFailure(host: string, error: OperationError, log: Logger): ReportedFailure {
  const { code, message, hint } = error;
  log.error({ code }, `${host}: ${message}${hint === undefined ? "" : `\n${hint}`}`);
  return { subject: host, ...describeFailure(error) };
}
