import type { ReportedFailure, RunReport } from "@catapullt/core/report/schema";
import { createRunReport } from "../report/run-report.ts";
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
  return createRunReport({
    command: "pull",
    startedAt,
    endedAt,
    archives: outcomes.flatMap(({ fetched }) =>
      fetched.map(({ host, application, name, path, bytes, sha1, version }) => {
        return { host, application, name, path, bytes, sha1, ...(version === undefined ? {} : { version }) };
      }),
    ),
    warnings: outcomes.flatMap(({ host, ignored }) =>
      ignored.map(({ path, reason }) => `${host}: left alone: ${JSON.stringify(path)}: ${reason}`),
    ),
    failures: [...failures, ...outcomes.flatMap((outcome) => outcome.failures)],
  });
}
