import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, onTestFinished, test } from "vitest";
import type { DatabaseSettings } from "../databases/engine.ts";
import { sqliteEngine } from "../databases/sqlite/engine.ts";
import { describeEngine, dumpToFile, testContext } from "./engine-conformance.ts";

function settingsFor(file: string): DatabaseSettings {
  return { engine: "sqlite", name: "gitea", file, skip: [] };
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

/** A database that another connection holds open in WAL mode: its newest rows are not in the main file. */
function createLiveDatabase(file = join(temporaryDirectory("sqlite"), "gitea's data.db")): DatabaseSettings {
  const database = open(file);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
    CREATE TABLE issue (id INTEGER PRIMARY KEY, title TEXT, content BLOB);
    CREATE TABLE "we""ird; table" (a TEXT);
    CREATE VIEW titles AS SELECT title FROM issue;
    CREATE TRIGGER guard AFTER DELETE ON issue BEGIN SELECT 1; END;
    CREATE VIRTUAL TABLE search USING fts5(text);
    INSERT INTO search VALUES ('hello');
    INSERT INTO "we""ird; table" VALUES ('😀'), (NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO issue SELECT i, 'title ' || i, randomblob(100) FROM n;`);
  return settingsFor(file);
}

function contentOf({ file = "" }: DatabaseSettings): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const schema = database.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").all();
    const tables = schema.filter(({ type, name }) => type === "table" && !String(name).startsWith("search"));
    const rows = tables.map(({ name }) =>
      database.prepare(`SELECT * FROM "${String(name).replaceAll('"', '""')}"`).all(),
    );
    return { schema, rows };
  } finally {
    database.close();
  }
}

function fileWith(content: string | Buffer): DatabaseSettings {
  const file = join(temporaryDirectory("sqlite"), "gitea.db");
  writeFileSync(file, content);
  return settingsFor(file);
}

/** A database whose schema is sound, but whose pages are not. */
function createCorruptDatabase(): DatabaseSettings {
  const settings = createLiveDatabase();
  const database = open(settings.file ?? "");
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const bytes = readFileSync(settings.file ?? "");
  bytes.fill(0x5a, 40_960, 40_960 + 8192);
  return fileWith(bytes);
}

describeEngine({
  title: "SQLite",
  engine: sqliteEngine,
  filled: async () => createLiveDatabase(),
  empty: async () => {
    const file = join(temporaryDirectory("sqlite"), "empty.db");
    open(file).exec("VACUUM");
    return settingsFor(file);
  },
  target: async () => settingsFor(join(temporaryDirectory("sqlite"), "restored here.db")),
  fingerprint: async (settings) => contentOf(settings),
  runningTools: () => 0,
  refusals: [
    {
      title: "a file that does not exist",
      prepare: async () => ({ settings: settingsFor(join(temporaryDirectory("sqlite"), "none.db")) }),
      code: "database-unknown",
      message: /none\.db does not exist/,
      hint: /file/,
    },
    {
      title: "an empty file",
      prepare: async () => ({ settings: fileWith("") }),
      code: "database-damaged",
      message: /gitea\.db .*empty/,
      hint: /older backup/,
    },
    {
      title: "a file that is no database",
      prepare: async () => ({ settings: fileWith("hello ".repeat(1000)) }),
      code: "database-damaged",
      message: /not an SQLite database/,
      hint: /older backup/,
    },
    {
      title: "a database that stays locked",
      prepare: async () => {
        const settings = settingsFor(join(temporaryDirectory("sqlite"), "locked.db"));
        open(settings.file ?? "").exec("CREATE TABLE a (b); BEGIN EXCLUSIVE");
        return { settings };
      },
      code: "database-unreachable",
      message: /locked\.db is locked/,
      hint: /fuser/,
    },
    {
      title: "a damaged database",
      prepare: async () => ({ settings: createCorruptDatabase() }),
      code: "database-damaged",
      message: /cannot be backed up/,
      hint: /integrity_check/,
    },
  ],
});

describe("the SQLite engine", () => {
  test("copies what is only in the write-ahead log yet, and counts rows exactly", async () => {
    const settings = createLiveDatabase();
    const path = join(temporaryDirectory("dump"), "copy.db");
    const facts = await dumpToFile(sqliteEngine, settings, { path, context: testContext() });
    expect(facts.tables).toEqual(
      expect.arrayContaining([
        { name: "issue", kind: "table", rows: 20_000, rowsAre: "exact" },
        { name: 'we"ird; table', kind: "table", rows: 2, rowsAre: "exact" },
        { name: "search", kind: "table" },
        { name: "titles", kind: "view" },
      ]),
    );
    expect(facts.triggers).toEqual(["guard"]);
    expect(contentOf(settingsFor(path))).toEqual(contentOf(settings));
  });

  test("copies one moment, also while the application writes at every step", async () => {
    const settings = createLiveDatabase();
    const writer = open(settings.file ?? "");
    const insert = writer.prepare("INSERT INTO issue (title) VALUES ('while copying')");
    const timer = setInterval(() => insert.run(), 0);
    onTestFinished(() => clearInterval(timer));
    const path = join(temporaryDirectory("dump"), "copy.db");
    const facts = await dumpToFile(sqliteEngine, settings, { path, context: testContext() });
    clearInterval(timer);
    const copied = facts.tables.find(({ name }) => name === "issue")?.rows ?? 0;
    const now = Number(writer.prepare("SELECT count(*) AS rows FROM issue").get()?.rows);
    expect(copied).toBeGreaterThanOrEqual(20_000);
    expect(copied).toBeLessThanOrEqual(now);
  });

  test("waits for a writer that locks readers out", async () => {
    const settings = settingsFor(join(temporaryDirectory("sqlite"), "locked.db"));
    const writer = open(settings.file ?? "");
    writer.exec("CREATE TABLE a (b); BEGIN EXCLUSIVE; INSERT INTO a VALUES (1)");
    const inspection = sqliteEngine.inspect(settings, testContext());
    setImmediate(() => writer.exec("COMMIT"));
    expect((await inspection).tables).toEqual([{ name: "a", kind: "table" }]);
    expect(await sqliteEngine.query(settings, "SELECT b FROM a", testContext())).toEqual([["1"]]);
  });

  test("does not create a database, nor files beside one, by looking at it", async () => {
    const directory = temporaryDirectory("sqlite");
    mkdirSync(join(directory, "data"));
    const missing = settingsFor(join(directory, "data", "gitea.db"));
    await expect(sqliteEngine.query(missing, "SELECT 1", testContext())).rejects.toMatchObject({
      code: "database-unknown",
    });
    expect(() => readFileSync(missing.file ?? "")).toThrow(/ENOENT/);
  });

  test("cannot change the database by a query", async () => {
    const settings = createLiveDatabase();
    await expect(sqliteEngine.query(settings, "DELETE FROM issue", testContext())).rejects.toMatchObject({
      code: "database-query-failed",
      message: expect.stringContaining("readonly"),
    });
  });

  test("warns that nothing can be skipped", async () => {
    const context = testContext();
    await sqliteEngine.inspect({ ...createLiveDatabase(), skip: ["triggers"] }, context);
    expect(context.warnings).toEqual([expect.stringContaining("copied whole")]);
  });
});
