import { hostname } from "node:os";
import type { ReportedFailure, RunReport } from "@catapullt/core/report/schema";
import { reportSchemaVersion } from "@catapullt/core/report/schema";
import type { HostOutcome } from "./outcome.ts";

export interface ReportFacts {
  startedAt: Date;
  endedAt: Date;
  outcomes: readonly HostOutcome[];
  /** What ended the run as a whole, if anything did. */
  failures: readonly ReportedFailure[];
}

/** The run report of a pull: archives that were fetched, and failures by host. */
export function pullReport({ startedAt, endedAt, outcomes, failures }: ReportFacts): RunReport {
  const allFailures = [...failures, ...outcomes.flatMap((outcome) => outcome.failures)];
  const warnings = outcomes.flatMap(({ host, ignored }) =>
    ignored.map(({ path, reason }) => `${host}: left alone: ${JSON.stringify(path)}: ${reason}`),
  );
  return {
    schemaVersion: reportSchemaVersion,
    program: "archiver",
    command: "pull",
    host: hostname(),
    outcome: allFailures.length > 0 ? "failure" : warnings.length > 0 ? "warning" : "success",
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    archives: outcomes.flatMap(({ fetched }) =>
      fetched.map(({ host, application, name, path, bytes, sha1, version }) => {
        return { host, application, name, path, bytes, sha1, ...(version === undefined ? {} : { version }) };
      }),
    ),
    databases: [],
    trees: [],
    warnings,
    failures: allFailures,
  };
}
