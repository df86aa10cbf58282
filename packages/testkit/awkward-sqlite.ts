import { DatabaseSync } from "node:sqlite";

/** Fills a new database file with all that has broken copies; the connection stays open and its newest rows are in the WAL alone. */
export function createAwkwardSqlite(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(settings);
  database.exec(tables);
  database.exec(rows);
  insertAwkwardValues(database);
  database.exec(views);
  // Everything so far goes into the main file; from here on it stays in the write-ahead log.
  database.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0");
  database.exec("INSERT INTO note VALUES ('only in the log', '😀')");
  return database;
}

const settings = `
PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
PRAGMA user_version = 305; PRAGMA application_id = -1412567040`;

const tables = `
CREATE TABLE team (id INTEGER PRIMARY KEY, lead INTEGER REFERENCES member (id) DEFERRABLE INITIALLY DEFERRED, name TEXT COLLATE NOCASE);
CREATE TABLE member (id INTEGER PRIMARY KEY AUTOINCREMENT, team INTEGER NOT NULL REFERENCES team (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES child (id) ON DELETE CASCADE);
CREATE TABLE kinds (id INTEGER PRIMARY KEY, value, CHECK (id < 1000000 AND 'x;y' <> '--'));
CREATE TABLE strict_kinds (a INT, b REAL, c TEXT, d BLOB, e ANY) STRICT;
CREATE TABLE pairs (a TEXT, b TEXT, note TEXT, PRIMARY KEY (a, b DESC)) WITHOUT ROWID;
CREATE TABLE generated (a INT, doubled INT AS (a * 2) VIRTUAL, text TEXT AS ('<' || a || '; ''>') STORED);
CREATE TABLE note (a TEXT, document TEXT CHECK (document IS NULL OR length(document) > 0));
CREATE TABLE "empty" (id INTEGER PRIMARY KEY);
CREATE TABLE "we""ird. t'able; -- ü€ 😀" ("co""l;umn" INTEGER, "-- ü 😀" TEXT, "line
break" TEXT);
CREATE TABLE [brackets ] (a);
CREATE VIRTUAL TABLE search USING fts5 (title, body, tokenize = 'porter unicode61');
CREATE INDEX "odd ""index" ON team (lower(name), id DESC) WHERE lead IS NOT NULL;
CREATE UNIQUE INDEX member_of ON member (team, id);
CREATE TRIGGER "wei""rd; trigger" AFTER UPDATE OF name ON team WHEN NEW.name <> '; END' BEGIN
  INSERT INTO note VALUES ('it''s; END; -- not yet', NEW.name); -- END;
END`;

const rows = `
BEGIN;
INSERT INTO team VALUES (1, 10, 'Käse 🧀'), (2, NULL, 'käse'), (3, 11, '\\');
INSERT INTO member VALUES (10, 1), (11, 2);
COMMIT;
INSERT INTO child VALUES (1, NULL), (2, 1), (3, 2); UPDATE child SET parent = 3 WHERE id = 1;
INSERT INTO member (id, team) VALUES (9007199254740993, 3); DELETE FROM member WHERE id > 100;
INSERT INTO strict_kinds VALUES (9223372036854775807, -0.0, '', x'', 1), (-9223372036854775808, 5e-324, 'ü😀', x'00ff', '1'),
  (NULL, 9e999, NULL, NULL, x'31');
INSERT INTO pairs VALUES ('a', 'b', 'x'), ('a', 'c', NULL), ('', '', '');
INSERT INTO generated (a) VALUES (1), (NULL), (999);
INSERT INTO note VALUES ('{"a": "\\u00e9;"}', '{}'), (NULL, NULL);
INSERT INTO "we""ird. t'able; -- ü€ 😀" VALUES (1, '"', char(10)), (1, ';', ''), (NULL, '𝄞', NULL);
INSERT INTO search VALUES ('Running engines', 'the engine runs; it''s fine'), ('Käse', '😀');
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO pairs SELECT 'page', i, 'text ' || i FROM n`;

const views = `
CREATE VIEW a_view_on_one AS SELECT name || '; -- it''s' AS text FROM z_view;
CREATE VIEW z_view AS SELECT id, name FROM team WHERE name <> 'x;
y';
CREATE TRIGGER instead INSTEAD OF INSERT ON z_view BEGIN INSERT INTO "empty" VALUES (NEW.id); END`;

function insertAwkwardValues(database: DatabaseSync): void {
  const insert = database.prepare("INSERT INTO kinds (value) VALUES (?)");
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const values = [null, 0, -1.5, 2n ** 63n - 1n, "", "NULL", "a\0b", "😀 ü€ ''\"", new Uint8Array(), everyByte];
  for (const value of [...values, Buffer.alloc(16 * 1024 * 1024, everyByte)]) insert.run(value);
}
