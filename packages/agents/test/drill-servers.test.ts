import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fillAwkwardDatabase } from "@catapullt/testkit/awkward-database";
import { createAwkwardPostgresql } from "@catapullt/testkit/awkward-postgresql";
import { createAwkwardSqlite } from "@catapullt/testkit/awkward-sqlite";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { startPostgresql, type ThrowawayPostgresql } from "@catapullt/testkit/postgresql";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findServer } from "../databases/mysql/server-programs.ts";
import { drillDirectory, holdDrill, processesIn } from "./drill-host.ts";
import { testContext } from "./engine-conformance.ts";
import { createRestoreHost, namesIn, type RestoreHost } from "./restore-host.ts";

let mariadb: ThrowawayMariadb;
let postgresql: ThrowawayPostgresql;

beforeAll(async () => {
  [mariadb, postgresql] = await Promise.all([startMariadb(), startPostgresql()]);
});

afterAll(() => Promise.all([mariadb?.stop(), postgresql?.stop()]));

/** An application with awkward databases of every kind, two of them of one kind. */
async function createApplication(): Promise<{ host: RestoreHost; archive: string }> {
  const host = createRestoreHost();
  const file = join(host.directory, "data", "app.db");
  mkdirSync(join(host.directory, "data"));
  for (const name of ["app", "app2"]) {
    await mariadb.execute(`DROP DATABASE IF EXISTS ${name}; CREATE DATABASE ${name}`);
    await fillAwkwardDatabase(mariadb, name);
  }
  await createAwkwardPostgresql(postgresql, "app pg");
  createAwkwardSqlite(file).close();
  host.configure(`  app:
    type: generic
    version: { value: "1.2" }
    databases:
      - { engine: mariadb, name: app, socket: ${mariadb.socket}, user: root }
      - { engine: mariadb, name: app2, socket: ${mariadb.socket}, user: root }
      - { engine: postgresql, name: app pg, socket: ${postgresql.socket}, port: ${postgresql.port}, user: postgres }
      - { engine: sqlite, name: local, file: ${file} }
    paths: [${join(host.directory, "data")}]`);
  return { host, archive: await host.backUp("app") };
}

test("databases of every kind are loaded, each kind into a server of its own, awkward data and all", {
  timeout: 240_000,
}, async () => {
  const { host, archive } = await createApplication();
  const directory = drillDirectory();
  const { exitCode, report, stderr } = await holdDrill(host, archive, { directory });
  expect(report?.findings).toEqual([]);
  expect(exitCode).toBe(0);
  expect(report?.databases.map(({ name, server }) => [name, server.replace(/ .*/, "")])).toEqual([
    ["app", "MariaDB"],
    ["app2", "MariaDB"],
    ["app pg", "PostgreSQL"],
    ["local", "SQLite"],
  ]);
  expect(report?.steps.filter(({ step }) => /^prepare/.test(step))).toHaveLength(3);
  expect(stderr).not.toMatch(/ERROR/);
  expect(namesIn(directory)).toEqual([]);
  expect(processesIn(directory)).toEqual([]);

  const running = host.start(["drill", archive, "--directory", directory, "--only", "database"]);
  const socket = () =>
    readdirSync(directory).some((name) => existsSync(join(directory, name, "postgresql/.s.PGSQL.5432")));
  while (!socket()) await delay(20);
  // No server listens on any network: what is open belongs to others.
  const inodes = listeningInodes();
  const own = processesIn(directory).map((line) => line.split(" ")[0] ?? "");
  expect(own.length).toBeGreaterThan(1);
  for (const id of own) expect(socketsOf(id).filter((inode) => inodes.has(inode))).toEqual([]);
  running.kill("SIGKILL");
  await running.ended;
  const limit = performance.now() + 60_000;
  while (namesIn(directory).length > 0 || processesIn(directory).length > 0) {
    if (performance.now() > limit) throw new Error(`left behind: ${namesIn(directory)} ${processesIn(directory)}`);
    await delay(20);
  }
});

function listeningInodes(): Set<string> {
  const listening = "0A";
  return new Set(
    ["tcp", "tcp6"].flatMap((name) =>
      readFileSync(`/proc/net/${name}`, "utf8")
        .split("\n")
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter(([, , , state]) => state === listening)
        .map((fields) => fields[9] ?? ""),
    ),
  );
}

function socketsOf(id: string): string[] {
  try {
    return readdirSync(`/proc/${id}/fd`).flatMap((name) => {
      const target = readlinkSync(`/proc/${id}/fd/${name}`);
      return /^socket:\[(\d+)\]$/.exec(target)?.slice(1) ?? [];
    });
  } catch {
    return [];
  }
}

describe("a drill that cannot be held", () => {
  test.each<[string, (host: RestoreHost, archive: string) => readonly string[], RegExp]>([
    [
      "names a directory that is missing",
      () => ["--directory", "/nonexistent/drills"],
      /\/nonexistent.*--directory DIR/s,
    ],
    [
      "names a directory that is a file",
      (_, archive) => ["--directory", archive],
      /no drill can be held in .*--directory DIR/s,
    ],
    [
      "has a directory into which the server's user cannot get",
      () => {
        const directory = temporaryDirectory("x");
        chmodSync(directory, 0o700);
        return ["--directory", directory];
      },
      /runs as mysql, who cannot get into .*\/var\/tmp/s,
    ],
    [
      "has a directory whose path is too long for a socket",
      () => {
        const directory = join(drillDirectory(), "x".repeat(80));
        mkdirSync(directory);
        return ["--directory", directory];
      },
      /too long for a server's socket.*--directory DIR/s,
    ],
  ])("fails where the user %s, says what to do, and proves nothing", async (_, choose, message) => {
    const { host, archive } = await small();
    const { exitCode, stderr, report } = await holdDrill(host, archive, { args: choose(host, archive) });
    expect([exitCode, report]).toEqual([1, undefined]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("finds that an archive has no sidecar", async () => {
    const { host, archive } = await small();
    const lonely = join(temporaryDirectory("lonely"), "app_20261123T020000Z.tar.zst");
    writeFileSync(lonely, readFileSync(archive));
    const { exitCode, report } = await holdDrill(host, lonely);
    expect([exitCode, report?.proven]).toEqual([1, false]);
    expect(report?.findings).toEqual([
      { subject: "archive", message: expect.stringContaining("it has no sidecar"), hint: expect.any(String) },
    ]);
  });

  test("refuses to begin where the report could not be written", async () => {
    const { host, archive } = await small();
    const file = join(host.directory, "missing", "report.json");
    const { exitCode, stderr } = await holdDrill(host, archive, { args: ["--report", file] });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--report: nothing can be written into .*\/missing/);
    expect(stderr).not.toContain("verifying");
    const written = join(host.directory, "report.json");
    expect((await holdDrill(host, archive, { args: ["--report", written] })).exitCode).toBe(0);
    expect(JSON.parse(readFileSync(written, "utf8"))).toMatchObject({ proven: true });
  });

  test("fails where the archive is missing or a directory", async () => {
    const { host } = await small();
    for (const [path, message] of [
      ["/nonexistent.tar.zst", /there is no archive/],
      [host.directory, /is not a file, and so no archive/],
    ] as const) {
      const { exitCode, stderr, report } = await holdDrill(host, path);
      expect([exitCode, report]).toEqual([1, undefined]);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/this is a bug/);
    }
  });
});

async function small(): Promise<{ host: RestoreHost; archive: string }> {
  const host = createRestoreHost();
  await mariadb.execute("DROP DATABASE IF EXISTS small; CREATE DATABASE small; CREATE TABLE small.t (a int)");
  host.configure(`  app:
    type: generic
    version: { value: "1" }
    databases: [{ engine: mariadb, name: small, socket: ${mariadb.socket}, user: root }]`);
  return { host, archive: await host.backUp("app") };
}

describe("findServer", () => {
  function fakeServer(version: string): NodeJS.ProcessEnv {
    const directory = temporaryDirectory("server");
    writeFileSync(join(directory, "mysqld"), `#!/bin/sh\necho '${version}'\n`);
    chmodSync(join(directory, "mysqld"), 0o755);
    return { PATH: directory };
  }

  const mysql = "/usr/sbin/mysqld  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)";

  test("takes the server of the wanted product", async () => {
    const context = testContext({ environment: fakeServer(mysql) });
    expect(await findServer("mysql", context)).toMatchObject({ title: "MySQL 8.0.36", install: undefined });
    expect(await findServer("mariadb", context)).toMatchObject({ title: expect.stringMatching(/^MariaDB /) });
  });

  test("takes the sister product's where the wanted one is not installed", async () => {
    const context = testContext({ environment: { PATH: "/nonexistent" } });
    expect(await findServer("mysql", context)).toMatchObject({ title: expect.stringMatching(/^MariaDB /) });
  });
});
