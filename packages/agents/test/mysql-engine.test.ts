import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "@catapullt/core/errors";
import { createAwkwardAccounts, fillAwkwardDatabase } from "@catapullt/testkit/awkward-database";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import { installFakeTools } from "@catapullt/testkit/fake-tools/install";
import { freePort } from "@catapullt/testkit/free-port";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DatabaseSettings } from "../databases/engine.ts";
import { mysqlEngine } from "../databases/mysql/engine.ts";
import { describeEngine, dumpToFile, restoreByHand, testContext } from "./engine-conformance.ts";

let source: ThrowawayMariadb;
let restored: ThrowawayMariadb;
const password = "p#a\"s's w\\ord;$ ü€ ";
const filled = "aw ü`k.d_b%-- x";

beforeAll(async () => {
  [source, restored] = await Promise.all([startMariadb({ tcp: true }), startMariadb()]);
  await createAwkwardAccounts(restored);
  for (const database of [filled, "empty"]) await createDatabase(source, database);
  await fillAwkwardDatabase(source, filled);
  await source.createUser("backup", password, ["SELECT, SHOW VIEW, TRIGGER, EVENT ON *.*"]);
});

afterAll(async () => {
  await Promise.all([source?.stop(), restored?.stop()]);
});

async function createDatabase(server: ThrowawayMariadb, name: string): Promise<void> {
  await server.execute(`CREATE DATABASE \`${name.replaceAll("`", "``")}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
}

function settingsFor(name: string, rest: Partial<DatabaseSettings> = {}): DatabaseSettings {
  return { engine: "mysql", name, host: "localhost", port: source.port, user: "backup", password, skip: [], ...rest };
}

/** Processes with this text in their command line. */
function countProcesses(text: string): number {
  return readdirSync("/proc").filter((entry) => {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return false;
    try {
      const commandLine = readFileSync(`/proc/${entry}/cmdline`, "utf8");
      return commandLine.includes("defaults-file=/dev/fd/3") && commandLine.includes(text);
    } catch (error) {
      if (hasErrorCode(error, "ENOENT", "ESRCH")) return false;
      throw error;
    }
  }).length;
}

describeEngine({
  title: "MariaDB",
  engine: mysqlEngine,
  filled: async () => settingsFor(filled),
  empty: async () => settingsFor("empty"),
  async target(settings) {
    await restored.execute(`DROP DATABASE IF EXISTS \`${settings.name.replaceAll("`", "``")}\``);
    return { engine: "mysql", name: settings.name, socket: restored.socket, skip: [] };
  },
  fingerprint: ({ name, socket }) => databaseFingerprint(socket === undefined ? source : restored, name),
  runningTools: ({ name }) => countProcesses(name),
  refusals: [
    {
      title: "a wrong password",
      prepare: async () => ({ settings: settingsFor("empty", { password: "wrong-pass" }) }),
      code: "database-denied",
      message: /mysql database empty at localhost:\d+, user backup: .*1045.*Access denied/,
      hint: /password/,
    },
    {
      title: "no password where one is needed",
      prepare: async () => ({ settings: settingsFor("empty", { password: "" }) }),
      code: "database-denied",
      message: /1045.*using password: NO/,
      hint: /password/,
    },
    {
      title: "a server that is down",
      prepare: async () => ({ settings: settingsFor("empty", { port: await freePort() }) }),
      code: "database-unreachable",
      message: /Can't connect to server/,
      hint: /runs/,
    },
    {
      title: "a socket that is not there",
      prepare: async () => ({ settings: settingsFor("empty", { socket: "/nonexistent/mysqld.sock" }) }),
      code: "database-unreachable",
      message: /\/nonexistent\/mysqld\.sock/,
      hint: /socket/,
    },
    {
      title: "a host whose name is unknown",
      prepare: async () => ({ settings: settingsFor("empty", { host: "no-such-host.invalid" }) }),
      code: "database-unreachable",
      message: /no-such-host\.invalid/,
      hint: /resolved/,
    },
    {
      title: "a database that is not there",
      prepare: async () => ({ settings: settingsFor("missing") }),
      code: "database-unknown",
      message: /Unknown database 'missing'/,
      hint: /name/,
    },
    {
      title: "to work without a client program",
      prepare: async () => ({
        settings: settingsFor("empty"),
        environment: {
          PATH: installFakeTools({ directory: join(temporaryDirectory("tools"), "bin"), real: ["mariadb-dump"] }),
        },
      }),
      code: "tool-missing",
      message: /neither mariadb nor mysql is installed/,
      hint: /apt-get install mariadb-client/,
    },
    {
      title: "to work without a dump program",
      prepare: async () => ({
        settings: settingsFor("empty"),
        environment: {
          PATH: installFakeTools({ directory: join(temporaryDirectory("tools"), "bin"), real: ["mariadb"] }),
        },
      }),
      code: "tool-missing",
      message: /neither mariadb-dump nor mysqldump is installed/,
      hint: /apt-get install mariadb-client/,
    },
    {
      title: "a dump program that nobody knows",
      prepare: async () => ({
        settings: settingsFor("empty"),
        environment: {
          PATH: installFakeTools({
            directory: join(temporaryDirectory("tools"), "bin"),
            real: ["mariadb"],
            dump: { mysqldump: { flavour: "unknown", behaviour: "whole" } },
          }),
        },
      }),
      code: "tool-missing",
      message: /bin\/mysqldump cannot be used/,
      hint: /PATH/,
    },
  ],
});

describe("the MySQL and MariaDB engine", () => {
  test("gives the manifest every object and exact numbers of rows", async () => {
    const path = join(temporaryDirectory("dump"), "dump.sql");
    const facts = await dumpToFile(mysqlEngine, settingsFor(filled), { path, context: testContext() });
    expect(facts.tables).toEqual(
      expect.arrayContaining([
        { name: "blog", kind: "table", storage: "InnoDB", rows: 3000, rowsAre: "exact", bytes: expect.any(Number) },
        { name: "not-a-dump", kind: "table", storage: "MyISAM", rows: 5, rowsAre: "exact", bytes: expect.any(Number) },
        { name: "empty", kind: "table", storage: "InnoDB", rows: 0, rowsAre: "exact", bytes: expect.any(Number) },
        { name: "on a view", kind: "view" },
        { name: "numbers", kind: "sequence" },
      ]),
    );
    expect(facts).toMatchObject({
      characterSet: "utf8mb4",
      collation: "utf8mb4_bin",
      events: ["nightly; event"],
      routines: ["function `Slug`", "procedure ansi-proc", "procedure literal_backslash", "procedure tricky"],
      skipped: [],
    });
    expect([...(facts.triggers ?? [])].sort()).toEqual(["team_guard", "wei`rd trigger"]);
    expect(facts.tables.reduce((sum, { bytes = 0 }) => sum + bytes, 0)).toBeLessThan(readFileSync(path).length);
  });

  test("warns of tables without transactions, by name", async () => {
    const context = testContext();
    await mysqlEngine.inspect(settingsFor(filled), context);
    expect(context.warnings).toEqual([expect.stringContaining("not-a-dump (MyISAM)")]);
  });

  test("leaves out what is to be skipped, says so, and restores the rest", async () => {
    const skip = ["triggers", "routines", "events", "views"] as const;
    const settings = settingsFor(filled, { skip });
    const path = join(temporaryDirectory("dump"), "dump.sql");
    const facts = await dumpToFile(mysqlEngine, settings, { path, context: testContext() });
    expect(facts).toMatchObject({ skipped: skip, triggers: [], routines: [], events: [] });
    expect(facts.tables.filter(({ kind }) => kind === "view")).toEqual([]);
    const target: DatabaseSettings = { engine: "mysql", name: "without", socket: restored.socket, skip: [] };
    await restoreByHand(mysqlEngine, { settings, target, dump: path });
    const [before, after] = [await databaseFingerprint(source, filled), await databaseFingerprint(restored, "without")];
    expect(after.checksums).toBe(before.checksums?.replaceAll(`${filled}.`, ""));
    expect([after.views, after.triggers, after.routines, after.events]).toEqual(["", "", "", ""]);
  });

  test("refuses an event at which the dump tools would hang for ever", async () => {
    await createDatabase(source, "endless");
    await source.execute("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT ';;'", "endless");
    await expect(mysqlEngine.inspect(settingsFor("endless"), testContext())).rejects.toMatchObject({
      code: "dump-failed",
      message: expect.stringMatching(/`;;`.*hang.*: e$/),
      hint: expect.stringContaining("skip: [events]"),
    });
    await mysqlEngine.inspect(settingsFor("endless", { skip: ["events"] }), testContext());
  });

  test("shows the password neither in the process list nor in the environment", async () => {
    const dump = await mysqlEngine.dump(
      settingsFor(filled),
      await mysqlEngine.inspect(settingsFor(filled), testContext()),
      testContext(),
    );
    if (dump.kind !== "stream") throw new Error("a dump of MariaDB is a stream");
    try {
      // Not read yet, so the tool waits with a full pipe.
      const seen = readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
        .map((entry) => readIfThere(`/proc/${entry}/cmdline`) + readIfThere(`/proc/${entry}/environ`))
        .filter((text) => text.includes("defaults-file=/dev/fd/3"));
      expect(seen.some((text) => text.includes(filled))).toBe(true);
      expect(seen.some((text) => text.includes(password.trim()))).toBe(false);
    } finally {
      await dump.cleanup();
    }
  });

  test("warns of a table that is created, and of one that is dropped, while the dump runs", async () => {
    await createDatabase(source, "moving");
    await source.execute("CREATE TABLE a (id INT); CREATE TABLE b (id INT)", "moving");
    const context = testContext();
    const inventory = await mysqlEngine.inspect(settingsFor("moving"), context);
    await source.execute("DROP TABLE b", "moving");
    const dump = await mysqlEngine.dump(settingsFor("moving"), inventory, context);
    if (dump.kind !== "stream") throw new Error("a dump of MariaDB is a stream");
    for await (const _ of dump.source);
    await source.execute("CREATE TABLE c (id INT)", "moving");
    await dump.complete();
    await dump.cleanup();
    expect(context.warnings).toEqual([
      expect.stringContaining("dropped from database moving while it was dumped: table b"),
      expect.stringContaining("created in database moving while it was dumped, and not in the dump: table c"),
    ]);
  });
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ESRCH", "EACCES")) return "";
    throw error;
  }
}
