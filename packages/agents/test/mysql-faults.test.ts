import { join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { OperationError } from "@catapullt/core/errors";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import type { DumpBehaviour, DumpFlavour } from "@catapullt/testkit/fake-tools/behaviour";
import { installFakeTools } from "@catapullt/testkit/fake-tools/install";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DatabaseSettings, DumpContext } from "../databases/engine.ts";
import { mysqlEngine } from "../databases/mysql/engine.ts";
import { dumpToFile, restoreByHand, testContext } from "./engine-conformance.ts";

let server: ThrowawayMariadb;

beforeAll(async () => {
  server = await startMariadb();
  await server.execute("CREATE DATABASE wiki CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await server.execute(
    `CREATE TABLE attachment (id INT PRIMARY KEY, content BLOB);
    CREATE TABLE page (id INT PRIMARY KEY, title TEXT);
    CREATE TABLE user (id INT PRIMARY KEY);
    INSERT INTO attachment SELECT seq, RANDOM_BYTES(200) FROM seq_1_to_500;
    INSERT INTO page SELECT seq, CONCAT('it''s; page ', seq) FROM seq_1_to_2000;
    CREATE TRIGGER guard BEFORE INSERT ON page FOR EACH ROW SET NEW.title = TRIM(NEW.title);
    CREATE VIEW titles AS SELECT title FROM page;
    CREATE PROCEDURE rebuild () SELECT 1;`,
    "wiki",
  );
});

afterAll(async () => {
  await server?.stop();
});

function settings(): DatabaseSettings {
  return { engine: "mariadb", name: "wiki", socket: server.socket, user: "root", skip: [] };
}

/** A context in which only the real client and this dump tool are found. */
function contextWith(
  behaviour: DumpBehaviour,
  flavour: DumpFlavour = "mariadb-10.11",
  rest: Partial<DumpContext> = {},
) {
  const name = flavour.startsWith("mysql") ? "mysqldump" : "mariadb-dump";
  const directory = join(temporaryDirectory("tools"), "bin");
  return testContext({
    environment: { PATH: installFakeTools({ directory, real: ["mariadb"], dump: { [name]: { flavour, behaviour } } }) },
    ...rest,
  });
}

async function failureOf(behaviour: DumpBehaviour): Promise<unknown> {
  const path = join(temporaryDirectory("dump"), "dump.sql");
  return await dumpToFile(mysqlEngine, settings(), { path, context: contextWith(behaviour) }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a dump tool that fails", () => {
  test.each<[DumpBehaviour, string, RegExp, RegExp]>([
    ["nothing", "dump-failed", /mariadb-dump 10\.11\.19-MariaDB: exit code 2: .*2013/, /error log/],
    ["cut-at-statement", "dump-failed", /exit code 3: .*2013: Lost connection/, /error log/],
    ["cut-anywhere", "dump-failed", /exit code 5: .*errno 28/, /make room/],
    ["failed-but-closed", "dump-failed", /exit code 2: .*\(1227\)/, /RELOAD/],
    ["loud-failure", "dump-failed", /exit code 2: .*1227/, /privilege/],
    ["killed", "dump-failed", /ended by SIGKILL/, /memory/],
    ["no-closing-line", "dump-incomplete", /closing line is missing/, /wrapper/],
    ["lacks-table", "dump-incomplete", /lacks table attachment$/, /grants/],
    ["lacks-trigger", "dump-incomplete", /lacks trigger guard$/, /grants/],
  ])("is found out: %s ends as %s", async (behaviour, code, message, hint) => {
    const error = await failureOf(behaviour);
    expect(error).toBeInstanceOf(OperationError);
    if (!(error instanceof OperationError)) return;
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message.length).toBeLessThan(900);
    expect(error.hint).toMatch(hint);
  });

  test.each(["endless", "stubborn"] as const)("does not hold up an aborted run: %s", async (behaviour) => {
    const controller = new AbortController();
    const context = contextWith(behaviour, "mariadb-10.11", { signal: controller.signal });
    const dump = await mysqlEngine.dump(settings(), await mysqlEngine.inspect(settings(), context), context);
    if (dump.kind !== "stream") throw new Error("a dump of MariaDB is a stream");
    const reason = new Error("timed out after 2 h");
    const read = async () => {
      for await (const _ of dump.source) controller.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
    await expect(dump.complete()).rejects.toBe(reason);
    await dump.cleanup();
  });
});

describe("a reader of a dump that stops", () => {
  test("gets its own error back, and the dump does not count", async () => {
    const context = contextWith("whole");
    const dump = await mysqlEngine.dump(settings(), await mysqlEngine.inspect(settings(), context), context);
    if (dump.kind !== "stream") throw new Error("a dump of MariaDB is a stream");
    const full = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("no space left on device"), { code: "ENOSPC" })),
    });
    await expect(pipeline(dump.source, full)).rejects.toMatchObject({ code: "ENOSPC" });
    await expect(dump.complete()).rejects.toMatchObject({ code: "dump-incomplete" });
    await dump.cleanup();
  });
});

describe("a dump tool that works", () => {
  test("may write 40 MB to standard error", async () => {
    const path = join(temporaryDirectory("dump"), "dump.sql");
    const facts = await dumpToFile(mysqlEngine, settings(), { path, context: contextWith("loud") });
    expect(facts.tables).toHaveLength(4);
  });

  test("may write bytes that are not UTF-8, which are kept", async () => {
    const path = join(temporaryDirectory("dump"), "dump.sql");
    await dumpToFile(mysqlEngine, settings(), { path, context: contextWith("raw") });
    await restoreByHand(mysqlEngine, { settings: settings(), target: { ...settings(), name: "raw" }, dump: path });
    expect((await databaseFingerprint(server, "raw")).checksums).toEqual(
      (await databaseFingerprint(server, "wiki")).checksums,
    );
  });

  // A flag that the tool does not know would end it at once.
  test.each<[DumpFlavour, string]>([
    ["mysql-5.7", "mysqldump 5.7.44"],
    ["mysql-8.0", "mysqldump 8.0.36"],
    ["mysql-8.4", "mysqldump 8.4.3"],
    ["mysql-9.1", "mysqldump 9.1.0"],
    ["mariadb-10.11", "mariadb-dump 10.11.19-MariaDB"],
    ["mariadb-11.4", "mariadb-dump 11.4.2-MariaDB"],
  ])("may be of the flavour %s", async (flavour, title) => {
    const path = join(temporaryDirectory("dump"), "dump.sql");
    const facts = await dumpToFile(mysqlEngine, settings(), { path, context: contextWith("whole", flavour) });
    expect(facts).toMatchObject({ dumpTool: title, triggers: ["guard"], routines: ["procedure rebuild"] });
    const page = facts.tables.find(({ name }) => name === "page");
    if (flavour.startsWith("mysql")) expect(page).toMatchObject({ rowsAre: "estimated" });
    else expect(page).toMatchObject({ rows: 2000, rowsAre: "exact" });
  });

  test("is the one of the server's own flavour where both are there, whatever they are called", async () => {
    const directory = join(temporaryDirectory("tools"), "bin");
    const PATH = installFakeTools({
      directory,
      real: ["mariadb"],
      dump: {
        mysqldump: { flavour: "mariadb-10.11", behaviour: "whole" },
        "mariadb-dump": { flavour: "mysql-8.0", behaviour: "whole" },
      },
    });
    const path = join(temporaryDirectory("dump"), "dump.sql");
    const facts = await dumpToFile(mysqlEngine, settings(), { path, context: testContext({ environment: { PATH } }) });
    expect(facts.dumpTool).toBe("mysqldump 10.11.19-MariaDB");
  });

  test("is not misled by variables that name another server or password", async () => {
    const environment = { PATH: process.env.PATH, MYSQL_PWD: "wrong", MYSQL_HOST: "db.invalid", MYSQL_TCP_PORT: "1" };
    const facts = await dumpToFile(mysqlEngine, settings(), {
      path: join(temporaryDirectory("dump"), "dump.sql"),
      context: testContext({ environment }),
    });
    expect(facts.tables).toHaveLength(4);
  });
});
