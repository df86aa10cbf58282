import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifyArchive } from "@catapullt/core/archive/verify";
import { quoteIdentifier } from "@catapullt/testkit/postgresql";
import { postgresqlFingerprint } from "@catapullt/testkit/postgresql-fingerprint";
import { expect, test } from "vitest";
import { postgresqlEngine } from "../databases/postgresql/engine.ts";
import { testContext } from "./engine-conformance.ts";
import {
  application,
  createHost,
  createPlain,
  databasesLike,
  openSession,
  owners,
  password,
  plainOwner,
  settingsOf,
  standIn,
  uniqueName,
  usePostgresql,
} from "./restore-postgresql-fixture.ts";

const server = usePostgresql();

test("refuses while somebody is connected, and says who", async () => {
  const database = uniqueName(server());
  await createPlain(server(), database, "maker");
  const host = createHost(server(), database, "maker");
  const before = await postgresqlFingerprint(server(), database);
  const archive = await host.backUp("intranet");
  const session = await openSession(server(), database, "wiki's pool");
  const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes", "--replace");
  session.close();
  expect(exitCode).toBe(1);
  expect(stderr).toContain("code=restore-refused");
  expect(stderr).toMatch(/is in use by 1 session: postgres with wiki's pool.*\(pid \d+\)/);
  expect(stderr).toMatch(/stop the application.*pg_terminate_backend/s);
  expect(await postgresqlFingerprint(server(), database)).toEqual(before);
  expect(await databasesLike(server(), `${database}%`)).toEqual([database]);
});

test("leaves everything as it was if somebody connects while the dump is loaded", async () => {
  const database = uniqueName(server());
  await createPlain(server(), database, "maker");
  const host = createHost(server(), database, "maker");
  const before = await postgresqlFingerprint(server(), database);
  const archive = await host.backUp("intranet");
  const loaded = join(host.directory, "loaded");
  const connected = join(host.directory, "connected");
  const path = standIn(
    server(),
    host,
    `real "$@" || exit; touch ${loaded}; until [ -e ${connected} ]; do sleep 0.1; done`,
  );
  const running = host.start(["restore", "intranet", archive, "--yes", "--replace"], { PATH: path });
  await expect.poll(() => existsSync(loaded), { timeout: 60_000 }).toBe(true);
  const session = await openSession(server(), database, "late");
  writeFileSync(connected, "");
  const { exitCode, stderr } = await running.ended;
  session.close();
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/is in use by 1 session: postgres with late/);
  expect(await postgresqlFingerprint(server(), database)).toEqual(before);
  expect(await databasesLike(server(), `${database}%`)).toEqual([database]);
});

test("names the roles that are missing, and restores without owners where that is allowed", async () => {
  const database = uniqueName(server());
  const role = `gone "one"`;
  await createPlain(server(), database, "maker");
  await server().createUser(role, password);
  await server().execute(`GRANT SELECT ON page TO ${quoteIdentifier(role)}`, database);
  const host = createHost(server(), database, "postgres");
  const archive = await host.backUp("intranet");
  await server().dropDatabase(database);
  await server().execute(`DROP ROLE ${quoteIdentifier(role)}`);

  const kept = await host.run("restore", "intranet", archive, "--yes", "--definer", "keep");
  expect(kept.exitCode).toBe(1);
  expect(kept.stderr).toMatch(/code=restore-refused/);
  expect(kept.stderr).toContain(`CREATE ROLE ${quoteIdentifier(role)};`);
  expect(await databasesLike(server(), `${database}%`)).toEqual([]);

  const planned = await host.run("restore", "intranet", archive, "--dry-run");
  expect(planned.stdout).toContain(`CREATE ROLE ${quoteIdentifier(role)};`);
  const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes");
  expect(stderr).not.toMatch(/ERROR/);
  expect(exitCode).toBe(0);
  expect(await owners(server(), database)).toEqual({ database: "maker", tables: "postgres", acl: "", pages: "5000" });
  expect(await settingsOf(server(), database)).toEqual(["statement_timeout=1h", "the 'intranet'"]);
});

test("gives everything to who loads it where he may not act for others, and with --definer strip", async () => {
  const database = uniqueName(server());
  await createPlain(server(), database, plainOwner);
  await server().execute(`CREATE TABLE of_another (a int); ALTER TABLE of_another OWNER TO maker`, database);
  const host = createHost(server(), database, "postgres");
  const archive = await host.backUp("intranet");
  await server().dropDatabase(database);
  host.configure(application(server(), database, "maker"));

  const kept = await host.run("restore", "intranet", archive, "--yes", "--definer", "keep");
  expect(kept.exitCode).toBe(1);
  expect(kept.stderr).toMatch(/(member of role|SET ROLE).*code=restore-failed.*is as it was before.*--definer strip/s);
  expect(await databasesLike(server(), `${database}%`)).toEqual([]);

  const planned = await host.run("restore", "intranet", archive, "--dry-run");
  expect(planned.stdout).toContain(`no member of ${plainOwner}`);
  const given = await host.run("restore", "intranet", archive, "--yes");
  expect(given.stderr).not.toMatch(/ERROR/);
  expect(given.exitCode).toBe(0);
  expect(await owners(server(), database)).toEqual({ database: "maker", tables: "maker", acl: "", pages: "5000" });

  host.configure(application(server(), database, "postgres"));
  const stripped = await host.run("restore", "intranet", archive, "--yes", "--replace", "--definer", "strip");
  expect(stripped.exitCode).toBe(0);
  expect(await owners(server(), database)).toEqual({ database: "maker", tables: "postgres", acl: "", pages: "5000" });
});

test("warns, and leaves owners out, where only the dump tells that something is a superuser's", async () => {
  const database = uniqueName(server());
  await createPlain(server(), database, "maker");
  await server().execute("CREATE TABLE of_the_superuser (a int); GRANT SELECT ON of_the_superuser TO maker", database);
  const host = createHost(server(), database, "maker");
  const archive = await host.backUp("intranet").catch(async () => {
    host.configure(application(server(), database, "postgres"));
    return await host.backUp("intranet");
  });
  host.configure(application(server(), database, "maker"));
  await server().dropDatabase(database);
  const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes");
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/WARN.*everything will belong to maker.*postgres/);
  expect(await owners(server(), database)).toEqual({ database: "maker", tables: "maker", acl: "", pages: "5000" });
});

test("a user who may make no database loads into an empty one, whole or not at all", async () => {
  const database = uniqueName(server());
  await createPlain(server(), database, plainOwner);
  const host = createHost(server(), database, plainOwner);
  const before = await postgresqlFingerprint(server(), database);
  const archive = await host.backUp("intranet");

  const full = await host.run("restore", "intranet", archive, "--yes", "--replace");
  expect(full.exitCode).toBe(1);
  expect(full.stderr).toContain("code=database-privileges");
  expect(full.stderr).toContain(`ALTER ROLE ${quoteIdentifier(plainOwner)} CREATEDB;`);
  expect(await postgresqlFingerprint(server(), database)).toEqual(before);

  await server().dropDatabase(database);
  const absent = await host.run("restore", "intranet", archive, "--yes");
  expect(absent.exitCode).toBe(1);
  const [command = ""] = /createdb --owner=.*$/m.exec(absent.stderr) ?? [];
  execFileSync("sh", ["-e", "-c", command.replace("createdb", `createdb ${server().clientArguments.join(" ")}`)]);
  await server().execute(`REVOKE CONNECT ON DATABASE ${quoteIdentifier(database)} FROM PUBLIC`);

  const path = standIn(server(), host, 'head -c 60000 | real "$@"');
  const cut = await host.start(["restore", "intranet", archive, "--yes"], { PATH: path }).ended;
  expect(cut.exitCode).toBe(1);
  expect(cut.stderr).toMatch(/end of file code=restore-failed.*is as it was before/s);
  expect(
    await server().execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace", database),
  ).toBe("0");

  const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes");
  expect(stderr).not.toMatch(/ERROR|WARN/);
  expect(exitCode).toBe(0);
  expect(await postgresqlFingerprint(server(), database)).toEqual(before);
});

test("refuses a dump with an extension that the server has not got, and one that only a superuser may create", async () => {
  const database = uniqueName(server());
  await createPlain(server(), database, "maker");
  await server().execute("CREATE EXTENSION pageinspect", database);
  const host = createHost(server(), database, "maker");
  const archive = await host.backUp("intranet");
  await server().dropDatabase(database);
  const closed = await host.run("restore", "intranet", archive, "--yes");
  expect(closed.exitCode).toBe(1);
  expect(closed.stderr).toMatch(/may not create extensions of the dump: pageinspect code=database-privileges/);
  expect(await databasesLike(server(), `${database}%`)).toEqual([]);

  const settings = {
    engine: "postgresql" as const,
    name: database,
    socket: server().socket,
    port: server().port,
    user: "postgres",
    skip: [],
  };
  const { manifest } = await verifyArchive(archive);
  const [recorded] = manifest.databases;
  if (recorded === undefined) throw new Error("the archive has no database");
  const request = { settings, definer: "auto" as const, stamp: "20260101T000000Z", keepDirectory: "/nowhere" };
  const examine = (extensions: string[]) =>
    postgresqlEngine.restore.examine({ ...request, recorded: { ...recorded, extensions } }, testContext());
  await expect(examine(["no such one 1.0", "pg_trgm 0.1"])).rejects.toMatchObject({
    code: "restore-refused",
    message: "the server lacks extensions of the dump: no such one",
    hint: expect.stringMatching(/apt-get install postgresql-\d+/),
  });
  expect(await examine(["pg_trgm 0.1"])).toMatchObject({ content: undefined });
});
