import type { Manifest } from "@catapullt/core/archive/manifest";
import type { FinishedArchive } from "@catapullt/core/archive/writer";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import { type RunReport, reportSchemaVersion } from "@catapullt/core/report/schema";

export interface RunFacts {
  host: string;
  application: string;
  startedAt: Date;
  endedAt: Date;
}

/** The report of a backup that ended with an archive. */
export function successReport(facts: RunFacts, archive: FinishedArchive, manifest: Manifest): RunReport {
  const { type, version, warnings } = manifest;
  return {
    ...emptyReport(facts),
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

/** The report of a backup that failed, whatever the reason. */
export function failureReport(facts: RunFacts, error: unknown): RunReport {
  const known = error instanceof OperationError ? error : undefined;
  return {
    ...emptyReport(facts),
    outcome: "failure",
    failures: [
      {
        code: known?.code ?? "unexpected",
        message: errorMessage(error),
        ...(known?.hint === undefined ? {} : { hint: known.hint }),
      },
    ],
  };
}

function emptyReport({ host, application, startedAt, endedAt }: RunFacts): Omit<RunReport, "outcome"> {
  return {
    schemaVersion: reportSchemaVersion,
    program: "backup-agent",
    command: "backup",
    host,
    application,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    archives: [],
    databases: [],
    trees: [],
    warnings: [],
    failures: [],
  };
}
