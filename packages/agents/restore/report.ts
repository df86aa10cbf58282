import type { RunReport } from "@catapullt/core/report/schema";
import { emptyRunReport, type RunFacts } from "../run-report.ts";
import type { RestoreResult } from "./result.ts";
import type { FinishedRestore } from "./run.ts";
import type { Selection } from "./selection.ts";

/** What a restore that came to its end hands to whoever wraps it. */
export function restoreRunReport(
  facts: RunFacts,
  { manifest, result }: FinishedRestore & { result: RestoreResult },
  selection: Selection,
): RunReport {
  const { type, version, databases, trees } = manifest;
  return {
    ...emptyRunReport(facts),
    type,
    version: version.after,
    outcome: result.warnings.length === 0 ? "success" : "warning",
    databases: databases
      .filter(({ member }) => selection.database(member))
      .map(({ name, engine, tables, bytes }) => ({ name, engine, tables: tables.length, bytes })),
    trees: trees
      .filter(({ label }) => selection.tree(label) === "whole")
      .map(({ label, files, bytes }) => ({ label, files, bytes, skipped: 0 })),
    warnings: result.warnings,
  };
}
