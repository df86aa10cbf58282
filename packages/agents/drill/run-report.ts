import type { RunReport } from "@catapullt/core/report/schema";
import { emptyRunReport, type RunFacts } from "../run-report.ts";
import type { DrillReport } from "./report.ts";

/** What a drill hands to whoever wraps it. */
export function drillRunReport(facts: Omit<RunFacts, "application">, report: DrillReport): RunReport {
  const { application, type, version, findings, warnings, databases } = report;
  return {
    ...emptyRunReport({ ...facts, application }),
    ...(type === undefined ? {} : { type }),
    ...(version === undefined ? {} : { version }),
    outcome: findings.length > 0 ? "failure" : warnings.length > 0 ? "warning" : "success",
    databases: databases.map(({ name, engine, tables, bytes }) => ({ name, engine, tables, bytes })),
    warnings,
    failures: findings.map((finding) => ({ ...finding, code: "drill-failed" })),
  };
}
