import type { FinishedArchive } from "@catapullt/core/archive/writer";
import type { RunReport } from "@catapullt/core/report/schema";
import { keysApplicationName } from "../applications/keys-name.ts";
import { emptyRunReport, type RunFacts } from "../run-report.ts";
import type { FinishedBackup } from "./run.ts";

/** The report of a backup that ended with an archive. */
export function successReport(
  facts: RunFacts & { application: string },
  { archive, keys, manifest }: FinishedBackup,
): RunReport {
  const { type, version, warnings } = manifest;
  const describe = (application: string, finished: FinishedArchive) => {
    return { host: facts.host, application, ...finished, version: version.after };
  };
  return {
    ...emptyRunReport(facts),
    type,
    outcome: warnings.length === 0 ? "success" : "warning",
    version: version.after,
    archives: [
      describe(facts.application, archive),
      ...(keys === undefined ? [] : [describe(keysApplicationName(facts.application), keys)]),
    ],
    databases: manifest.databases.map(({ name, engine, tables, bytes }) => ({
      name,
      engine,
      tables: tables.length,
      bytes,
    })),
    trees: manifest.trees.map(({ label, files, bytes, skippedCount }) => ({
      label,
      files,
      bytes,
      skipped: skippedCount,
    })),
    warnings,
  };
}
