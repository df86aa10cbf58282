import type { ManifestDatabase } from "@catapullt/core/archive/manifest";
import type { ArchiveWriter } from "@catapullt/core/archive/writer";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { DatabaseContext, DatabaseInventory, DatabaseSettings, DumpContext } from "../databases/engine.ts";
import { databaseEngine } from "../databases/registry.ts";
import { dumpMembers } from "./dump-members.ts";

export interface PreparedDatabase {
  settings: DatabaseSettings;
  inventory: DatabaseInventory;
  /** Its member in the archive; see `dumpMembers`. */
  member: string;
}

/** Looks at every database before anything is written: one that cannot be dumped whole fails here. */
export async function prepareDatabases(
  databases: readonly DatabaseSettings[],
  context: DatabaseContext,
): Promise<PreparedDatabase[]> {
  const members = dumpMembers(
    databases.map(({ name, engine }) => ({ name, extension: databaseEngine(engine).memberExtension })),
  );
  const prepared: PreparedDatabase[] = [];
  for (const [index, settings] of databases.entries()) {
    const inventory = await databaseEngine(settings.engine).inspect(settings, context);
    prepared.push({ settings, inventory, member: members[index] ?? "" });
  }
  return prepared;
}

/** Streams one dump into the archive and proves it whole; returns its entry of the manifest. */
export async function dumpDatabase(
  { settings, inventory, member }: PreparedDatabase,
  writer: ArchiveWriter,
  context: DumpContext,
): Promise<ManifestDatabase> {
  const { log } = context;
  log.info(
    `dumping the database ${settings.name} (${settings.engine} ${inventory.serverVersion}, ${inventory.tables.length} tables)`,
  );
  const startedAt = performance.now();
  const dump = await databaseEngine(settings.engine).dump(settings, inventory, context);
  try {
    const summary =
      dump.kind === "stream" ? await writer.addStream(member, dump.source) : await writer.addFile(member, dump.path);
    const facts = await dump.complete();
    log.info(`dumped ${formatBytes(summary.bytes)} in ${formatDuration(performance.now() - startedAt)}, complete`);
    return { ...facts, ...summary };
  } finally {
    await dump.cleanup();
  }
}
