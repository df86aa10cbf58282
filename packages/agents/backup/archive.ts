import {
  type Manifest,
  type ManifestDatabase,
  type ManifestTree,
  manifestSchemaVersion,
} from "@catapullt/core/archive/manifest";
import type { ArchiveWriter } from "@catapullt/core/archive/writer";
import { OperationError } from "@catapullt/core/errors";
import type { CapturedVersion, LocatedApplication, Query } from "../applications/type.ts";
import type { DumpContext } from "../databases/engine.ts";
import { databaseEngine } from "../databases/registry.ts";
import { programVersion } from "../version.ts";
import { copyTree } from "./copy-trees.ts";
import { dumpDatabase, type PreparedDatabase } from "./dump-databases.ts";
import { renderRestoreGuide } from "./restore-guide.ts";

export interface ArchiveContent {
  application: LocatedApplication;
  /** Set where these are nothing but the keys of that application. */
  keysOf?: string | undefined;
  databases: readonly PreparedDatabase[];
  version: CapturedVersion;
  query: Query;
  host: string;
  startedAt: Date;
  /** Everything that was warned of; grows while the archive is written. */
  warnings: readonly string[];
}

/**
 * Writes every member in the contract's order, databases before files, so that each file that a dump refers to is in the
 * archive. Captures the version once more at the end and fails where it changed.
 */
export async function writeContent(
  content: ArchiveContent,
  writer: ArchiveWriter,
  context: DumpContext,
): Promise<Manifest> {
  const { application, version } = content;
  await writer.addContent("VERSION", `${version.value}\n`);
  await writer.addContent("RESTORE.md", restoreGuide(content, writer.name));
  const databases: ManifestDatabase[] = [];
  for (const database of content.databases) databases.push(await dumpDatabase(database, writer, context));
  const trees: ManifestTree[] = [];
  for (const tree of application.trees) trees.push(await copyTree(tree, writer, context));

  const after = await application.captureVersion(content.query);
  refuseUpgrade(application.name, version, after);
  const manifest: Manifest = {
    schemaVersion: manifestSchemaVersion,
    application: application.name,
    type: application.type,
    ...(content.keysOf === undefined ? {} : { keysOf: content.keysOf }),
    version: { before: version.value, after: after.value, sources: after.sources },
    host: content.host,
    startedAt: content.startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    tools: { "backup-agent": programVersion, node: process.versions.node },
    databases,
    trees,
    warnings: [...content.warnings],
  };
  await writer.addContent("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

// A dump of one version with files of another restores to neither.
function refuseUpgrade(application: string, before: CapturedVersion, after: CapturedVersion): void {
  const changed = before.sources.filter(
    ({ source, value }) => !after.sources.some((other) => other.source === source && other.value === value),
  );
  if (before.value === after.value && changed.length === 0) return;
  const what = changed.map(({ source }) => source).join(", ") || "version";
  throw new OperationError(
    "version-changed",
    `${application} was upgraded while it was backed up: ${before.value} before, ${after.value} after (${what})`,
    { hint: "run the backup again once the upgrade is finished" },
  );
}

function restoreGuide({ application, databases, version, host, startedAt }: ArchiveContent, archive: string): string {
  return renderRestoreGuide({
    archive,
    application: application.name,
    type: application.type,
    version: version.value,
    host,
    startedAt,
    databases: databases.map(({ settings, inventory, member }) => ({
      name: settings.name,
      engine: settings.engine,
      lines: databaseEngine(settings.engine).restoreCommands({
        settings,
        inventory,
        archive,
        member,
        alone: databases.length === 1,
      }),
    })),
    trees: application.trees.map(({ label, directory }) => ({ label, directory })),
    notes: application.restoreNotes(version.value),
  });
}
