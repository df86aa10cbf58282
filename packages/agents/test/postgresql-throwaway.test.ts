import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, createReadStream, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ManifestDatabase } from "@catapullt/core/archive/manifest";
import { hasErrorCode } from "@catapullt/core/errors";
import { createAwkwardPostgresql } from "@catapullt/testkit/awkward-postgresql";
import { startPostgresql, type ThrowawayPostgresql } from "@catapullt/testkit/postgresql";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { DatabaseSettings, ThrowawayServer } from "../databases/engine.ts";
import { postgresqlEngine } from "../databases/postgresql/engine.ts";
import { dumpToFile, type TestContext, testContext } from "./engine-conformance.ts";

let source: ThrowawayPostgresql;
const name = `aw ü"k=d'b\\ -- x%`;

beforeAll(async () => {
  source = await startPostgresql();
  await createAwkwardPostgresql(source, name);
});

afterAll(() => source?.stop());

function settingsFor(database: string): DatabaseSettings {
  const { socket, port } = source;
  return { engine: "postgresql", name: database, socket, port, user: "postgres", skip: [] };
}

async function recordDump(database: string): Promise<{ recorded: ManifestDatabase; path: string }> {
  const path = join(temporaryDirectory("dump"), "dump");
  const facts = await dumpToFile(postgresqlEngine, settingsFor(database), { path, context: testContext() });
  return { path, recorded: { ...facts, member: "database/a.dump", parts: 1, bytes: 1, sha1: "0".repeat(40) } };
}

/** A directory as a drill has it: entered by its owner only, below one that everybody may pass through. */
function drillDirectory(): string {
  const parent = temporaryDirectory("drill");
  chmodSync(parent, 0o711);
  const directory = join(parent, "postgresql");
  mkdirSync(directory, { mode: 0o700 });
  return directory;
}

async function startThrowaway(
  databases: readonly ManifestDatabase[],
  { directory = drillDirectory(), context = testContext() }: { directory?: string; context?: TestContext } = {},
): Promise<ThrowawayServer & { directory: string }> {
  const server = await postgresqlEngine.startThrowaway({ directory, databases }, context);
  onTestFinished(() => server.stop());
  return { ...server, directory };
}

const exactRows = ({ tables }: Pick<ManifestDatabase, "tables">) =>
  tables.filter(({ rowsAre }) => rowsAre === "exact").map((table) => [table.name, table.rows]);

describe("takeStock", () => {
  test("counts what the dump holds, and tells all objects", async () => {
    const { recorded } = await recordDump(name);
    const stock = await postgresqlEngine.takeStock(settingsFor(name), testContext());
    expect(exactRows(stock)).toEqual(exactRows(recorded));
    expect(exactRows(stock)).toContainEqual(["public.blog", 3000]);
    for (const kind of ["triggers", "routines", "types", "extensions", "roles", "largeObjects"] as const)
      expect(stock[kind], kind).toEqual(recorded[kind]);
    expect(stock.tables.some(({ rowsAre }) => rowsAre === "estimated")).toBe(false);
  });

  test("counts thousands of tables, and sees what has changed", async () => {
    await source.createDatabase("many");
    await source.execute(
      `DO $$ BEGIN FOR i IN 1..2000 LOOP EXECUTE format('CREATE TABLE %I (a int)', repeat('"ü', 18) || i);
      IF i % 50 = 0 THEN COMMIT; END IF; END LOOP; END $$`,
      "many",
    );
    await source.execute(`INSERT INTO "${'""ü'.repeat(18)}1999" VALUES (1), (2)`, "many");
    const { tables } = await postgresqlEngine.takeStock(settingsFor("many"), testContext());
    expect(tables).toHaveLength(2000);
    expect(tables.filter(({ rows }) => rows === 0)).toHaveLength(1999);
    expect(tables.filter(({ rows }) => rows === 2).map((table) => table.name)).toEqual([
      `public."${'""ü'.repeat(18)}1999"`,
    ]);
  });

  test("gives no number where a table's rows are hidden from the user", async () => {
    await source.createDatabase("hidden");
    await source.createUser("reader", "x");
    await source.execute(
      `CREATE TABLE a (a int); INSERT INTO a VALUES (1); ALTER TABLE a ENABLE ROW LEVEL SECURITY; GRANT SELECT ON a TO reader;
      CREATE TABLE b (a int)`,
      "hidden",
    );
    const { tables } = await postgresqlEngine.takeStock({ ...settingsFor("hidden"), user: "reader" }, testContext());
    expect(tables).toEqual([
      { name: "public.a", kind: "table" },
      { name: "public.b", kind: "table" },
    ]);
  });
});

describe("a throwaway server", () => {
  test("takes a dump with all its owners, is reached through its socket only, and ends", async () => {
    const { recorded, path } = await recordDump(name);
    const context = testContext();
    const server = await startThrowaway([recorded], { context });
    expect(server.title).toMatch(/^PostgreSQL \d+/);
    const settings = server.settings(recorded);
    const loaded = await postgresqlEngine.restore.load(
      {
        settings,
        recorded,
        definer: "keep",
        stamp: "20260101T000000Z",
        keepDirectory: "/nowhere",
        source: createReadStream(path),
        replace: false,
        prepareKeepDirectory: async () => {},
        prepareStageDirectory: async () => "/nowhere",
      },
      context,
    );
    expect(await loaded.publish()).toBeUndefined();
    const stock = await postgresqlEngine.takeStock(settings, context);
    expect({ ...stock, tables: exactRows(stock) }).toEqual({
      ...(await postgresqlEngine.takeStock(settingsFor(name), context)),
      tables: exactRows(recorded),
    });
    expect(context.warnings).toEqual([]);

    const processes = processesOf(server.directory);
    expect(processes.length).toBeGreaterThan(0);
    expect(processes.filter((id) => hasNetworkSocket(id))).toEqual([]);
    if (process.getuid?.() === 0) expect(processes.every((id) => userOf(id) !== "0")).toBe(true);
    await server.stop();
    await server.stop();
    expect(processesOf(server.directory)).toEqual([]);
  });

  test("is gone once the process that started it was killed", async () => {
    const directory = drillDirectory();
    const child = spawn(process.execPath, [startProgram, directory], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    await once(child.stdout, "data");
    expect(processesOf(directory).length).toBeGreaterThan(0);
    child.kill("SIGKILL");
    await expect.poll(() => processesOf(directory), { timeout: 30_000 }).toEqual([]);
  });

  test("ends when the drill is aborted while it starts", async () => {
    const directory = drillDirectory();
    const controller = new AbortController();
    const reason = new Error("ended by SIGTERM");
    const starting = postgresqlEngine.startThrowaway(
      { directory, databases: [] },
      testContext({ signal: controller.signal }),
    );
    await expect.poll(() => readdirSync(directory), { timeout: 30_000 }).not.toEqual([]);
    controller.abort(reason);
    await expect(starting).rejects.toBe(reason);
    expect(processesOf(directory)).toEqual([]);
  });

  test("says what it printed where it does not start", async () => {
    const directory = drillDirectory();
    mkdirSync(join(directory, "data", "something"), { recursive: true });
    await expect(postgresqlEngine.startThrowaway({ directory, databases: [] }, testContext())).rejects.toMatchObject({
      code: "drill-failed",
      message: expect.stringMatching(/initdb: error/),
    });
  });

  test("refuses a directory in which a socket's path would be too long", async () => {
    const directory = join(temporaryDirectory("drill"), "d".repeat(90));
    mkdirSync(directory);
    await expect(postgresqlEngine.startThrowaway({ directory, databases: [] }, testContext())).rejects.toMatchObject({
      code: "drill-failed",
      message: expect.stringContaining("too long"),
    });
  });

  test("warns where only an older release than the dump's is installed", async () => {
    const { recorded } = await recordDump(name);
    const context = testContext();
    await startThrowaway([{ ...recorded, serverVersion: "99.1", roles: [] }], { context });
    expect(context.warnings).toEqual([
      expect.stringMatching(/the dump is of PostgreSQL 99.*loaded into PostgreSQL \d+/),
    ]);
  });
});

const startProgram = fileURLToPath(new URL("./postgresql-throwaway-program.ts", import.meta.url));

/** Processes whose command line names the directory: the server's first one, whose others end with it. */
function processesOf(directory: string): string[] {
  return readdirSync("/proc").filter((id) => {
    if (!/^\d+$/.test(id)) return false;
    return (read(`/proc/${id}/cmdline`) ?? "").includes(directory) && read(`/proc/${id}/comm`)?.trim() === "postgres";
  });
}

function hasNetworkSocket(id: string): boolean {
  const tables = ["tcp", "tcp6", "udp", "udp6"].map((kind) => read(`/proc/${id}/net/${kind}`) ?? "").join("\n");
  const inodes = new Set(tables.split("\n").map((line) => line.trim().split(/\s+/)[9]));
  return readdirSync(`/proc/${id}/fd`).some((descriptor) => {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${id}/fd/${descriptor}`)) ?? [];
    return inode !== undefined && inodes.has(inode);
  });
}

function userOf(id: string): string | undefined {
  return /^Uid:\s+(\d+)/m.exec(read(`/proc/${id}/status`) ?? "")?.[1];
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ESRCH", "EACCES")) return undefined;
    throw error;
  }
}
