import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startPostgresql, type ThrowawayPostgresql } from "@catapullt/testkit/postgresql";
import { tamperArchive, type UnpackedArchive } from "@catapullt/testkit/tampered-archive";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { drillDirectory, holdDrill, processesIn } from "./drill-host.ts";
import { createRestoreHost, namesIn, type RestoreHost } from "./restore-host.ts";

let server: ThrowawayPostgresql;

beforeAll(async () => {
  server = await startPostgresql();
  await server.createDatabase("app");
  await server.execute(
    `CREATE TABLE page (id int PRIMARY KEY, title text); CREATE TABLE label (id int); CREATE VIEW titles AS SELECT title FROM page;
    INSERT INTO page SELECT g, 'Seite ' || g || repeat(' text', 20) FROM generate_series(1, 5000) g; INSERT INTO label VALUES (1)`,
    "app",
  );
});

afterAll(() => server?.stop());

function createSqlite(file: string): void {
  const database = new DatabaseSync(file);
  database.exec(`CREATE TABLE page (id INTEGER PRIMARY KEY, title TEXT); CREATE TABLE label (id INTEGER);
    CREATE INDEX by_title ON page (title); CREATE VIEW titles AS SELECT title FROM page; INSERT INTO label VALUES (1);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO page SELECT i, 'Seite ' || i || ' text' FROM n`);
  database.close();
}

async function backUp(engine: "postgresql" | "sqlite"): Promise<{ host: RestoreHost; archive: string }> {
  const host = createRestoreHost();
  const file = join(host.directory, "app.db");
  if (engine === "sqlite") createSqlite(file);
  const place =
    engine === "sqlite" ? `file: ${file}` : `socket: ${server.socket}, port: ${server.port}, user: postgres`;
  host.configure(`  app:
    type: generic
    version: { value: "1" }
    databases: [{ engine: ${engine}, name: app, ${place} }]`);
  return { host, archive: await host.backUp("app") };
}

interface Damage {
  engine: "postgresql" | "sqlite";
  title: string;
  change: (content: UnpackedArchive) => void;
  message: RegExp;
}

const cut = ({ rewriteDump }: UnpackedArchive) => rewriteDump((dump) => dump.slice(0, Math.floor(dump.length * 0.6)));
const otherRows = ({ rewriteManifest }: UnpackedArchive) =>
  rewriteManifest(({ databases: [database] }) => {
    for (const table of database?.tables ?? []) if (/page$/.test(table.name)) table.rows = 4999;
  });
const otherTable = ({ rewriteManifest }: UnpackedArchive) =>
  rewriteManifest(({ databases: [database] }) => {
    for (const table of database?.tables ?? []) table.name = table.name.replace(/label$/, "labels");
  });

const damages: Damage[] = [
  { engine: "postgresql", title: "a dump that is cut off", change: cut, message: /could not read from input file/ },
  {
    engine: "postgresql",
    title: "other rows in the manifest",
    change: otherRows,
    message: /page has 5000 rows, not 4999/,
  },
  {
    engine: "postgresql",
    title: "another table in the manifest",
    change: otherTable,
    message: /lacks .*table public\.labels/,
  },
  {
    engine: "postgresql",
    title: "a file that is no dump",
    change: ({ rewriteDump }) => rewriteDump(() => "-- PostgreSQL database dump\n"),
    message: /PGDMP|custom format/,
  },
  { engine: "sqlite", title: "a file that is cut off", change: cut, message: /cut off|whole pages|page/ },
  {
    engine: "sqlite",
    title: "a page that is overwritten",
    change: ({ rewriteDump }) =>
      rewriteDump((dump) => `${dump.slice(0, 8192)}${"\0".repeat(4096)}${dump.slice(12_288)}`),
    message: /malformed|integrity|Tree|btree|page/i,
  },
  { engine: "sqlite", title: "other rows in the manifest", change: otherRows, message: /page has 5000 rows.*4999/ },
  {
    engine: "sqlite",
    title: "another table in the manifest",
    change: otherTable,
    message: /table labels is missing|lacks/,
  },
];

describe.each(["postgresql", "sqlite"] as const)("backup-agent drill of a %s database", (engine) => {
  test("passes for a good archive, on a terminal's text too", { timeout: 120_000 }, async () => {
    const { host, archive } = await backUp(engine);
    const directory = drillDirectory();
    const { exitCode, stdout, stderr } = await host.run("drill", archive, "--directory", directory);
    expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/WARN|ERROR/)]);
    expect(stdout).toMatch(/database app in (PostgreSQL|SQLite) [\d.]+: 2 tables, 5001 rows\n/);
    expect(stdout).toMatch(/\nproven \(database only\): a restore takes [\d.]+ s here\n$/);
  });

  test.each(damages.filter((damage) => damage.engine === engine))(
    "fails for $title, and names it",
    { timeout: 120_000 },
    async ({ change, message }) => {
      const { host, archive } = await backUp(engine);
      const directory = drillDirectory();
      const { exitCode, report, stderr } = await holdDrill(host, tamperArchive(archive, change), { directory });
      expect([exitCode, report?.proven]).toEqual([1, false]);
      expect(report?.findings.map((finding) => finding.message).join("\n")).toMatch(message);
      expect(stderr).not.toMatch(/this is a bug/);
      expect(namesIn(directory)).toEqual([]);
      expect(processesIn(directory)).toEqual([]);
    },
  );
});

test("a disk that becomes full fails the drill, and says nothing about the archive", async () => {
  const { host, archive } = await backUp("sqlite");
  const directory = drillDirectory();
  // Room for what the plan asks for, but not for the drill's own files beside it.
  const { size } = statSync(join(host.directory, "app.db"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=0711`, "tmpfs", directory]);
  onTestFinished(() => {
    execFileSync("umount", [directory]);
  });
  const { exitCode, report, stderr } = await holdDrill(host, archive, { directory });
  expect([exitCode, report]).toEqual([1, undefined]);
  expect(stderr).toMatch(/became full .*says nothing about the archive/s);
  expect(namesIn(directory)).toEqual([]);
});
