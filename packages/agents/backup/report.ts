import type { Manifest } from "@catapullt/core/archive/manifest";
import type { FinishedArchive } from "@catapullt/core/archive/writer";
import type { RunReport } from "@catapullt/core/report/schema";
import { emptyRunReport, type RunFacts } from "../run-report.ts";

/** The report of a backup that ended with an archive. */
export function successReport(
  facts: RunFacts & { application: string },
  archive: FinishedArchive,
  manifest: Manifest,
): RunReport {
  const { type, version, warnings } = manifest;
  return {
    ...emptyRunReport(facts),
    type,
    outcome: warnings.length === 0 ? "success" : "warning",
    version: version.after,
    archives: [{ host: facts.host, application: facts.application, ...archive, version: version.after }],
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
