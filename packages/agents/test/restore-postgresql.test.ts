import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createAwkwardPostgresql } from "@catapullt/testkit/awkward-postgresql";
import { quoteIdentifier } from "@catapullt/testkit/postgresql";
import { postgresqlFingerprint } from "@catapullt/testkit/postgresql-fingerprint";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { postgresqlEngine } from "../databases/postgresql/engine.ts";
import { dumpToFile, testContext } from "./engine-conformance.ts";
import {
  application,
  createHost,
  createPlain,
  databasesLike,
  password,
  standIn,
  uniqueName,
  usePostgresql,
} from "./restore-postgresql-fixture.ts";

const server = usePostgresql();

test("brings awkward data back equal, with owners, grants and what belongs to the database itself", async () => {
  const database = uniqueName(server());
  await createAwkwardPostgresql(server(), database);
  const before = await postgresqlFingerprint(server(), database);
  const host = createHost(server(), database, "postgres");
  const archive = await host.backUp("intranet");
  await server().dropDatabase(database);

  const { exitCode, stdout, stderr } = await host.run("restore", "intranet", archive, "--yes");

  expect(stderr).not.toMatch(/ERROR|WARN/);
  expect(exitCode).toBe(0);
  expect(stdout + stderr).not.toContain(password.trim());
  expect(await postgresqlFingerprint(server(), database)).toEqual(before);
  expect(await databasesLike(server(), `${database}%`)).toEqual([database]);
});

test("with --replace keeps the old database under another name, and the printed command brings it back", async () => {
  const database = uniqueName(server());
  await createPlain(server(), database, "maker");
  const host = createHost(server(), database, "maker");
  const saved = await postgresqlFingerprint(server(), database);
  const archive = await host.backUp("intranet");
  await server().execute("UPDATE page SET title = 'changed later'; DROP VIEW first", database);
  const changed = await postgresqlFingerprint(server(), database);

  const refused = await host.run("restore", "intranet", archive, "--yes");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/is not empty: 1 table, 1 sequence, 1 large object.*--replace/s);
  expect(await postgresqlFingerprint(server(), database)).toEqual(changed);

  const { exitCode, stdout, stderr } = await host.run("restore", "intranet", archive, "--yes", "--replace", "--json");
  expect(stderr).not.toMatch(/ERROR|WARN/);
  expect(exitCode).toBe(0);
  expect(await postgresqlFingerprint(server(), database)).toEqual(saved);
  const { result } = JSON.parse(stdout);
  const [{ path, comesBackBy }] = result.kept;
  expect(path).toMatch(/-before-restore-\d{8}T\d{6}Z$/);
  expect(await databasesLike(server(), `${database}%`)).toEqual([database, path].sort());

  execFileSync("sh", ["-e", "-c", comesBackBy], {
    env: { PATH: "/usr/bin:/bin", PGPASSWORD: password },
    stdio: ["ignore", "ignore", "pipe"],
  });
  expect(await postgresqlFingerprint(server(), database)).toEqual(changed);
  expect(await databasesLike(server(), `${database}-before%`)).toEqual([]);
});

test("a dry run shows the plan and changes nothing", async () => {
  const database = uniqueName(server());
  await createPlain(server(), database, "maker");
  const host = createHost(server(), database, "maker");
  const archive = await host.backUp("intranet");
  await server().dropDatabase(database);
  const { exitCode, stdout } = await host.run("restore", "intranet", archive, "--dry-run");
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`-> postgresql database ${database} at 127.0.0.1:${server().port}, user maker`);
  expect(await databasesLike(server(), `${database}%`)).toEqual([]);
});

test("takes the place of an empty database of another name, and brings back settings that would have been in the way", async () => {
  const [old, name] = [uniqueName(server()), uniqueName(server())];
  await createPlain(server(), old, "maker");
  const host = createHost(server(), old, "maker");
  const alter = `ALTER DATABASE ${quoteIdentifier(old)}`;
  await server().execute(`${alter} SET default_transaction_read_only = on; ${alter} CONNECTION LIMIT 0`);
  host.configure(application(server(), old, "postgres"));
  const before = await postgresqlFingerprint(server(), old);
  const archive = await host.backUp("intranet");
  await server().createDatabase(name, "OWNER maker");
  host.configure(application(server(), name, "maker"));
  const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes");
  expect(stderr).not.toMatch(/ERROR|WARN/);
  expect(exitCode).toBe(0);
  expect(await databasesLike(server(), `${name}%`)).toEqual([name]);
  await server().dropDatabase(old);
  await server().execute(`ALTER DATABASE ${quoteIdentifier(name)} RENAME TO ${quoteIdentifier(old)}`);
  expect(await postgresqlFingerprint(server(), old)).toEqual(before);
});

test("runs no command of psql's own that stands in a dump", async () => {
  const name = uniqueName(server());
  await createPlain(server(), name, "maker");
  const { socket, port } = server();
  const settings = { engine: "postgresql" as const, name, socket, port, user: "postgres", skip: [] };
  const path = join(temporaryDirectory("dump"), "dump");
  const facts = await dumpToFile(postgresqlEngine, settings, { path, context: testContext() });
  await server().dropDatabase(name);
  const planted = "/tmp/p1ntd";
  const dump = readFileSync(path, "latin1").replace("COMMENT ON DATABASE", `\\! touch ${planted}`.padEnd(19));
  expect(dump).toContain(planted);
  const context = testContext();
  const loaded = await postgresqlEngine.restore.load(
    {
      settings,
      recorded: { ...facts, member: "database/a.dump", parts: 1, bytes: 1, sha1: "0".repeat(40) },
      definer: "auto",
      stamp: "20260101T000000Z",
      keepDirectory: "/nowhere",
      source: Readable.from([Buffer.from(dump, "latin1")]),
      replace: false,
      prepareKeepDirectory: async () => {},
      prepareStageDirectory: async () => "/nowhere",
    },
    context,
  );
  await loaded.publish();
  expect(context.warnings).toEqual([expect.stringContaining("syntax error")]);
  expect(existsSync(planted)).toBe(false);
});

test("SIGTERM while a dump is loaded leaves only the old database", async () => {
  const database = uniqueName(server());
  await createPlain(server(), database, "maker");
  const host = createHost(server(), database, "maker");
  const before = await postgresqlFingerprint(server(), database);
  const archive = await host.backUp("intranet");
  const reached = join(host.directory, "reached");
  const path = standIn(server(), host, `(head -c 60000; touch ${reached}; exec sleep 600) | real "$@"`);
  const running = host.start(["restore", "intranet", archive, "--yes", "--replace"], { PATH: path });
  await expect.poll(() => existsSync(reached), { timeout: 60_000 }).toBe(true);
  expect(await databasesLike(server(), `${database}%`)).toHaveLength(2);
  running.kill("SIGTERM");
  const { exitCode } = await running.ended;
  expect(exitCode).toBe(143);
  expect(await databasesLike(server(), `${database}%`)).toEqual([database]);
  expect(await postgresqlFingerprint(server(), database)).toEqual(before);
});

test("names the database that a killed restore left behind", async () => {
  const database = uniqueName(server());
  await createPlain(server(), database, "maker");
  const host = createHost(server(), database, "maker");
  const archive = await host.backUp("intranet");
  await server().createDatabase(`${database}-restore-20260101T000000Z`);
  await server().createDatabase(`${database}-before-restore-20260101T000000Z`);
  await server().dropDatabase(database);
  const { exitCode, stdout } = await host.run("restore", "intranet", archive, "--dry-run");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/-restore-20260101T000000Z is left of a restore that was killed.*dropdb/);
  expect(stdout).not.toContain("-before-restore-20260101T000000Z");
});
