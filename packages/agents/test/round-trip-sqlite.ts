import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createAwkwardSqlite } from "@catapullt/testkit/awkward-sqlite";
import { sqliteFingerprint } from "@catapullt/testkit/sqlite-fingerprint";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { type RoundTripCase, type RoundTripSubject, tableNames } from "./round-trip-subject.ts";

const directory = createTemporaryDirectory("sqlite round'trip");
const connections = new Map<string, DatabaseSync>();

function fileOf(database: string): string {
  return join(directory.path, database, `${database}.db`);
}

/** A database in use, as an application has it. */
function connectionTo(database: string): DatabaseSync {
  const open = connections.get(database) ?? new DatabaseSync(fileOf(database));
  connections.set(database, open);
  return open;
}

const awkward: RoundTripCase = {
  title: "awkward data, a blob of 16 MB, a log that is not written back, and a file name that needs quoting",
  database: 'we\'ird; "na-me" $x ü😀',
  fill: async (database) => {
    connections.set(database, createAwkwardSqlite(fileOf(database)));
  },
};

export const sqliteRoundTrip: RoundTripSubject = {
  title: "SQLite",
  start: async () => {},
  stop: async () => directory.remove(),
  awkward,
  cases: [
    awkward,
    {
      title: "text in UTF-16, and a row of 64 MB",
      database: "utf-16",
      async fill(database) {
        connectionTo(database).exec(
          `PRAGMA encoding = 'UTF-16be'; CREATE TABLE a (b); INSERT INTO a VALUES ('ü😀'), (randomblob(67108864))`,
        );
      },
    },
    {
      title: "2,000 tables",
      database: "many",
      async fill(database) {
        const statements = tableNames.map((name) => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY AUTOINCREMENT);`);
        connectionTo(database).exec(`BEGIN; ${statements.join("\n")} INSERT INTO table_1999 VALUES (41); COMMIT`);
      },
    },
    {
      title: "an empty database",
      database: "empty",
      async fill(database) {
        connectionTo(database).exec("VACUUM");
      },
    },
  ],
  changes: [
    "DROP TRIGGER instead",
    "DROP VIEW a_view_on_one",
    "DROP INDEX member_of",
    "PRAGMA user_version = 306",
    "PRAGMA application_id = 1",
    "UPDATE sqlite_sequence SET seq = 1",
    "UPDATE kinds SET value = CAST(substr(value, 1, 99) || x'ff' || substr(value, 101) AS BLOB) WHERE id = 11",
    "UPDATE kinds SET value = '0' WHERE value = 0",
    "DELETE FROM note WHERE a = 'only in the log'",
    "DELETE FROM search WHERE rowid = 2",
    "UPDATE pairs SET note = '' WHERE note IS NULL",
  ],
  entry: (database) => ({ engine: "sqlite", name: database, file: fileOf(database) }),
  administrator: {},
  async create(database) {
    mkdirSync(dirname(fileOf(database)));
  },
  execute: async (database, sql) => connectionTo(database).exec(sql),
  async drop(database) {
    connections.get(database)?.close();
    connections.delete(database);
    rmSync(dirname(fileOf(database)), { recursive: true, force: true });
  },
  exists: async (database) => existsSync(fileOf(database)),
  fingerprint: async (database) => sqliteFingerprint(fileOf(database)),
};
