import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { catalogSchema, catalogVersion } from "./schema.ts";

const busyTimeout = 10_000;

/** The file is a catalog of another release. */
export class OtherVersion extends Error {}

/** Opens a catalog, new where there is none. Errors are SQLite's and the system's own, and `OtherVersion`. */
export function openDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  closeSync(openSync(path, "a", 0o640)); // SQLite would let everybody read it
  return prepareDatabase(new DatabaseSync(path, { timeout: busyTimeout }));
}

export function openInMemory(): DatabaseSync {
  return prepareDatabase(new DatabaseSync(":memory:"));
}

function prepareDatabase(database: DatabaseSync): DatabaseSync {
  try {
    // No write-ahead log: processes on two hosts could not share it over a network file system.
    database.exec("PRAGMA journal_mode = DELETE; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;");
    if (versionOf(database) === 0) transaction(database, () => createTables(database));
    if (versionOf(database) !== catalogVersion) throw new OtherVersion();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function createTables(database: DatabaseSync): void {
  const isEmpty = database.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
  if (versionOf(database) === 0 && isEmpty) database.exec(`${catalogSchema}; PRAGMA user_version = ${catalogVersion};`);
}

function versionOf(database: DatabaseSync): number {
  return (database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
}

/** Runs an action that changes all or nothing; waits for a while where another process is writing. */
export function transaction<Result>(database: DatabaseSync, action: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = action();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
