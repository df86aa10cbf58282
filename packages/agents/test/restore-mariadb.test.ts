import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createAwkwardAccounts, fillAwkwardDatabase } from "@catapullt/testkit/awkward-database";
import { createAwkwardTree } from "@catapullt/testkit/awkward-tree";
import { buildConfluence, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { freePort } from "@catapullt/testkit/free-port";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { findClient } from "../databases/mysql/client.ts";
import { loadDump } from "../databases/mysql/load.ts";
import { testContext } from "./engine-conformance.ts";
import { createRestoreHost, namesIn, type RestoreHost } from "./restore-host.ts";

let server: ThrowawayMariadb;
const password = "p#a\"s's w\\ord;$ ";

beforeAll(async () => {
  server = await startMariadb({ tcp: true });
  await server.createUser("wiki", password, ["ALL PRIVILEGES ON `wiki%`.*", "SELECT ON mysql.proc"]);
  await server.createUser("admin", password, ["ALL PRIVILEGES ON *.*"]);
});

afterAll(() => server?.stop());

let counter = 0;

/** A Confluence with a database of its own, which goes away with the test. */
async function createConfluence(): Promise<{ host: RestoreHost; home: string; install: string; database: string }> {
  counter += 1;
  const database = `wiki${counter}`;
  await server.execute(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  onTestFinished(async () => {
    await server.execute(`DROP DATABASE IF EXISTS ${database}`);
  });
  await server.execute(confluenceDatabaseSql(), database);
  const host = createRestoreHost();
  const home = join(host.directory, "data", "home");
  const install = join(host.directory, "program", "install");
  buildConfluence({
    home,
    install,
    properties: confluenceDatabaseProperties({
      url: `jdbc:mysql://127.0.0.1:${server.port}/${database}`,
      user: "wiki",
      password,
    }),
  });
  createAwkwardTree(join(home, "attachments", "awkward"));
  host.configure(`  confluence:\n    home: ${home}\n    install: ${install}`);
  return { host, home, install, database };
}

const disposable =
  /^(index|journal|backups|logs|temp|plugins-osgi-cache|thumbnails|lock|shared-home\/dcl-[a-z_]+)(\/|$)/;

function savedPart(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !disposable.test(path)));
}

test("brings a Confluence back whose home and database are gone, settings included", async () => {
  const { host, home, database } = await createConfluence();
  const before = { tree: savedPart(describeTree(home)), database: await databaseFingerprint(server, database) };
  const archive = await host.backUp("confluence");
  rmSync(home, { recursive: true });
  await server.execute(`DROP DATABASE ${database}`);

  const { exitCode, stdout, stderr } = await host.run("restore", "confluence", archive, "--yes");

  expect(stderr).not.toMatch(/ERROR/);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`-> ${home}`);
  expect(stdout).not.toContain(password.trim());
  expect(savedPart(describeTree(home))).toEqual(before.tree);
  const after = await databaseFingerprint(server, database);
  expect({ ...after, views: "", triggers: "", routines: "", events: "" }).toEqual({
    ...before.database,
    views: "",
    triggers: "",
    routines: "",
    events: "",
  });
  // The application's user may not create for root: what belonged to root is his now.
  for (const kind of ["views", "triggers", "routines", "events"] as const)
    expect(after[kind]).toBe(before.database[kind]?.replaceAll("root@localhost", "wiki@%"));
  expect(namesIn(dirname(home))).toEqual(["home"]);
});

test("brings awkward data back equal, foreign definers too, where the user may set them", async () => {
  const database = "wiki awkward`s";
  const quoted = "`wiki awkward``s`";
  await createAwkwardAccounts(server);
  await server.execute(`CREATE DATABASE ${quoted} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  onTestFinished(async () => {
    await server.execute(`DROP DATABASE IF EXISTS ${quoted}`);
  });
  await fillAwkwardDatabase(server, database);
  const host = createRestoreHost(`  intranet:
    type: generic
    version: { value: "1" }
    databases: [{ engine: mariadb, name: "${database}", host: 127.0.0.1, port: ${server.port}, user: admin, password: ${JSON.stringify(password)} }]`);
  const before = await databaseFingerprint(server, database);
  const archive = await host.backUp("intranet");
  await server.execute(`DROP DATABASE ${quoted}`);

  const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes");

  expect(stderr).not.toMatch(/ERROR/);
  expect(exitCode).toBe(0);
  expect(await databaseFingerprint(server, database)).toEqual(before);

  // And once more over itself, everything given to the user who loads it.
  const again = await host.run("restore", "intranet", archive, "--yes", "--replace", "--definer", "strip");
  expect(again.stderr).not.toMatch(/ERROR/);
  expect(again.exitCode).toBe(0);
  const stripped = await databaseFingerprint(server, database);
  expect(stripped.checksums).toBe(before.checksums);
  for (const kind of ["views", "triggers", "routines", "events"] as const) {
    expect(stripped[kind]).not.toMatch(/app;user|view;owner|nobody@nowhere|role;like/);
    expect(stripped[kind]).toBe(
      before[kind]?.replace(/app;user@10\.%|view;owner@10\.%|nobody@nowhere|role;like@%|root@localhost/g, "admin@%"),
    );
  }
});

test("refuses a home and a database that are not empty, and changes nothing", async () => {
  const { host, home, database } = await createConfluence();
  const archive = await host.backUp("confluence");
  const before = { tree: describeTree(home), database: await databaseFingerprint(server, database) };

  const { exitCode, stderr } = await host.run("restore", "confluence", archive, "--yes");

  expect(exitCode).toBe(1);
  expect(stderr).toContain("code=restore-refused");
  expect(stderr).toContain(`${home} is not empty`);
  expect(stderr).toMatch(new RegExp(`database ${database} at .* is not empty: 6 tables, 1 view, 2 routines, 1 event`));
  expect(stderr).toContain("--replace");
  expect(describeTree(home)).toEqual(before.tree);
  expect(await databaseFingerprint(server, database)).toEqual(before.database);
  expect(namesIn(dirname(home))).toEqual(["home"]);
});

test("with --replace keeps the old home and a dump of the old database, which load again", async () => {
  const { host, home, database } = await createConfluence();
  const archive = await host.backUp("confluence");
  await server.execute("UPDATE SPACES SET SPACENAME = 'changed later'; DROP VIEW page_titles", database);
  rmSync(join(home, "attachments"), { recursive: true });
  const changed = { tree: describeTree(home), database: await databaseFingerprint(server, database) };

  const { exitCode, stdout, stderr } = await host.run("restore", "confluence", archive, "--yes", "--replace", "--json");

  expect(stderr).not.toMatch(/ERROR/);
  expect(exitCode).toBe(0);
  expect(existsSync(join(home, "attachments", "awkward", "links"))).toBe(true);
  const { result } = JSON.parse(stdout);
  const kept = result.kept.map(({ path }: { path: string }) => path);
  const dump = kept.find((path: string) => path.endsWith(`${database}.sql.zst`));
  const oldHome = kept.find((path: string) => path.startsWith(`${home}.before-restore-`));
  expect(describeTree(oldHome)).toEqual(changed.tree);
  expect(await server.execute("SELECT COUNT(*) FROM SPACES WHERE SPACENAME = 'changed later'", database)).toBe("0");
  await server.execute(`CREATE DATABASE ${database}_old CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  onTestFinished(async () => {
    await server.execute(`DROP DATABASE ${database}_old`);
  });
  execFileSync("sh", ["-c", `zstd -dc "$0" | mariadb "$@"`, dump, ...server.clientArguments, `${database}_old`]);
  expect(await databaseFingerprint(server, `${database}_old`)).toEqual(changed.database);
});

test("a dry run shows the plan and changes nothing", async () => {
  const { host, home, database } = await createConfluence();
  const archive = await host.backUp("confluence");
  rmSync(home, { recursive: true });
  await server.execute(`DROP DATABASE ${database}`);

  const { exitCode, stdout } = await host.run("restore", "confluence", archive, "--dry-run");

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`database ${database} .* -> mysql database ${database} at 127.0.0.1:${server.port}, user wiki`),
  );
  expect(stdout).toContain(`-> ${home}`);
  expect(existsSync(home)).toBe(false);
  expect(await server.execute(`SHOW DATABASES LIKE '${database}'`)).toBe("");
  expect(namesIn(dirname(home))).toEqual([]);
});

test("a load that fails leaves no half database, and the old one can be found", async () => {
  const { host, home, database } = await createConfluence();
  const archive = await host.backUp("confluence");
  const before = { tree: describeTree(home), database: await databaseFingerprint(server, database) };
  const { exitCode, stderr } = await host.run(
    "restore",
    "confluence",
    archive,
    "--yes",
    "--replace",
    "--definer",
    "keep",
  );

  expect(exitCode).toBe(1);
  expect(stderr).toContain("code=restore-failed");
  expect(stderr).toMatch(/1227.*--definer strip/s);
  expect(stderr).toContain("it is empty now");
  expect(describeTree(home)).toEqual(before.tree);
  expect(namesIn(dirname(home))).toEqual(["home"]);
  expect(await server.execute("SHOW TABLES", database)).toBe("");
  const [kept = ""] = /\S+before-restore-\S+\.sql\.zst/.exec(stderr) ?? [];
  execFileSync("sh", ["-c", `zstd -dc "$0" | mariadb "$@"`, kept, ...server.clientArguments, database]);
  expect(await databaseFingerprint(server, database)).toEqual(before.database);
});

test.each([
  { title: "a wrong password", key: "password: wrong-password", code: "database-denied", says: /1045/ },
  { title: "a server that is down", key: undefined, code: "database-unreachable", says: /Can't connect/ },
])("refuses $title before any file is touched", async ({ key, code, says }) => {
  const { host, home, install } = await createConfluence();
  const archive = await host.backUp("confluence");
  rmSync(home, { recursive: true });
  const changed = key ?? `port: ${await freePort()}`;
  host.configure(`  confluence:\n    home: ${home}\n    install: ${install}\n    database: { ${changed} }`);
  const { exitCode, stderr } = await host.run("restore", "confluence", archive, "--yes", "--replace");
  expect(stderr).toContain(`code=${code}`);
  expect(stderr).toMatch(says);
  expect(stderr).not.toContain(password.trim());
  expect(exitCode).toBe(1);
  expect(namesIn(dirname(home))).toEqual([]);
});

test("SIGTERM while a database is loaded leaves no half of it, and tells where the old one is", async () => {
  const { host, home, database } = await createConfluence();
  const archive = await host.backUp("confluence");
  const before = { tree: describeTree(home), database: await databaseFingerprint(server, database) };
  const tools = join(host.directory, "tools");
  const reached = join(host.directory, "reached");
  mkdirSync(tools);
  writeFileSync(
    join(tools, "mariadb"),
    `#!/bin/sh
case "$*" in *--binary-mode*) head -c 20000 | /usr/bin/mariadb "$@"; touch ${reached}; exec sleep 600;; esac
exec /usr/bin/mariadb "$@"\n`,
    { mode: 0o755 },
  );
  const running = host.start(["restore", "confluence", archive, "--yes", "--replace"], {
    PATH: `${tools}:${dirname(process.execPath)}:/usr/bin:/bin`,
  });
  await expect.poll(() => existsSync(reached), { timeout: 30_000 }).toBe(true);
  running.kill("SIGTERM");
  const { exitCode, stderr } = await running.ended;
  expect(exitCode).toBe(143);
  expect(await server.execute("SHOW TABLES", database)).toBe("");
  expect(describeTree(home)).toEqual(before.tree);
  expect(namesIn(dirname(home))).toEqual(["home"]);
  const [kept = ""] = /\S+before-restore-\S+\.sql\.zst/.exec(stderr) ?? [];
  execFileSync("sh", ["-c", `zstd -dc "$0" | mariadb "$@"`, kept, ...server.clientArguments, database]);
  expect(await databaseFingerprint(server, database)).toEqual(before.database);
});

test("a dump with a command of the client's own for the shell does not run it", async () => {
  const { host, database } = await createConfluence();
  const planted = join(host.directory, "planted");
  const settings = { engine: "mariadb" as const, name: database, socket: server.socket, user: "root", skip: [] };
  const context = testContext();
  async function* dump() {
    yield Buffer.from(`/*M!999999\\- enable the sandbox mode */ \nSELECT 1;\n\\! touch ${planted}\nSELECT 2;\n`);
  }
  const tool = await findClient(settings, context);
  await expect(loadDump({ tool, settings, source: dump(), stripsDefiners: false }, context)).rejects.toMatchObject({
    code: "restore-failed",
  });
  expect(existsSync(planted)).toBe(false);
});
