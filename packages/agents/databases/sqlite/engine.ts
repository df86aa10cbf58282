import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { stagedFileName } from "@catapullt/core/archive/staged-file";
import type {
  DatabaseContext,
  DatabaseEngine,
  DatabaseInventory,
  DatabaseSettings,
  DumpContext,
  FileDump,
  ThrowawayRequest,
  ThrowawayServer,
} from "../engine.ts";
import { copyDatabase, examineCopy } from "./copy.ts";
import { findDumpDamage } from "./dump-ends.ts";
import { listObjects } from "./inventory.ts";
import { sqliteRestorer } from "./restore.ts";
import { restoreGuide } from "./restore-guide.ts";
import { readDatabase } from "./source.ts";

/** SQLite, through the library in Node: the dump is a copy of the database file, made while it is in use. */
export const sqliteEngine: DatabaseEngine = {
  names: ["sqlite"],
  memberExtension: "sqlite",
  inspect,
  readVersion: (settings, { signal }) =>
    readDatabase(databaseFile(settings), signal, () => process.versions.sqlite ?? ""),
  findDumpTools: async () => ({ titles: [], warnings: [] }),
  dump,
  query,
  findDumpDamage,
  restore: sqliteRestorer,
  takeStock,
  startThrowaway,
  restoreCommands: restoreGuide,
};

async function inspect(settings: DatabaseSettings, context: DatabaseContext): Promise<DatabaseInventory> {
  if (settings.skip.length > 0)
    context.warn(`\`skip\` has no effect on ${settings.name}: an SQLite database is copied whole`);
  return await readDatabase(databaseFile(settings), context.signal, listObjects);
}

async function query(settings: DatabaseSettings, sql: string, context: DatabaseContext): Promise<(string | null)[][]> {
  return await readDatabase(databaseFile(settings), context.signal, (database) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    const rows = statement.all() as unknown as unknown[][];
    return rows.map((row) => row.map((value) => (value === null ? null : text(value))));
  });
}

async function takeStock(settings: DatabaseSettings, context: DatabaseContext): Promise<DatabaseInventory> {
  const file = databaseFile(settings);
  return (await examineCopy(file, file, context.signal)).inventory;
}

/** SQLite needs no server: a drill's databases are files in its directory. */
async function startThrowaway({ directory }: ThrowawayRequest): Promise<ThrowawayServer> {
  return {
    title: `SQLite ${process.versions.sqlite}`,
    settings: ({ name, member }) => ({ engine: "sqlite", name, file: join(directory, basename(member)), skip: [] }),
    definer: "keep",
    stop: async () => {},
    process: undefined,
  };
}

function text(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : String(value);
}

async function dump(settings: DatabaseSettings, _: DatabaseInventory, context: DumpContext): Promise<FileDump> {
  const file = databaseFile(settings);
  const path = join(context.directory, stagedFileName("sqlite"));
  const cleanup = async () => {
    for (const suffix of ["", "-journal", "-wal", "-shm"]) await rm(path + suffix, { force: true });
  };
  try {
    await copyDatabase(file, path, context.signal);
    const { inventory } = await examineCopy(file, path, context.signal);
    const { serverVersion, characterSet, tables, triggers } = inventory;
    const facts = {
      name: settings.name,
      engine: settings.engine,
      serverVersion,
      dumpTool: `SQLite ${serverVersion} (online backup)`,
      characterSet,
      tables,
      triggers: [...triggers],
    };
    return { kind: "file", path, complete: async () => facts, cleanup };
  } catch (error) {
    await cleanup();
    throw error;
  }
}

function databaseFile({ file, name }: DatabaseSettings): string {
  if (file === undefined) throw new Error(`the SQLite database ${name} comes without a file`);
  return file;
}
