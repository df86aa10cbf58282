import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildConfluence, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRestoreHost, type RestoreHost } from "./restore-host.ts";

let server: ThrowawayMariadb;

beforeAll(async () => {
  server = await startMariadb({ tcp: true });
  await server.createUser("wiki", "secret", ["ALL PRIVILEGES ON wiki.*", "SELECT ON mysql.proc"]);
  await server.execute("CREATE DATABASE wiki CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await server.execute(confluenceDatabaseSql(), "wiki");
});

afterAll(() => server?.stop());

const key = "keys/javax.crypto.spec.SecretKeySpec_1700000000000";

function createConfluence(lines = ""): { host: RestoreHost; home: string } {
  const host = createRestoreHost();
  const home = join(host.directory, "data/home");
  const install = join(host.directory, "program");
  const url = `jdbc:mysql://127.0.0.1:${server.port}/wiki`;
  buildConfluence({
    home,
    install,
    properties: confluenceDatabaseProperties({ url, user: "wiki", password: "secret" }),
  });
  host.configure(`  confluence:\n    home: ${home}\n    install: ${install}\n    keys: separate${lines}`);
  return { host, home };
}

function membersOf(archive: string): string[] {
  return execFileSync("tar", ["-tf", archive], { encoding: "utf8" }).trim().split("\n");
}

async function backUp(host: RestoreHost): Promise<{ main: string; keys: string }> {
  const { exitCode, stdout, stderr } = await host.run("backup", "confluence");
  expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/WARN|ERROR/)]);
  const [main = "", keys = ""] = stdout.trim().split("\n");
  return { main, keys };
}

test("keys are in an archive of their own, both verify, and both together bring everything back", async () => {
  const { host, home } = createConfluence();
  const { main, keys } = await backUp(host);

  expect(main).toMatch(/\/work\/confluence\/confluence_\d{8}T\d{6}Z\.tar\.zst$/);
  expect(keys).toBe(main.replace("/confluence/confluence_", "/confluence-keys/confluence-keys_"));
  expect(membersOf(keys).filter((name) => name.startsWith("files/") && !name.endsWith("/"))).toEqual([
    `files/home/${key}`,
    "files/home/secrets-config.yaml",
  ]);
  expect(membersOf(main).filter((name) => /keys\/.|secrets-config/.test(name))).toEqual([]);
  for (const archive of [main, keys]) expect((await host.run("verify", archive)).exitCode).toBe(0);
  expect(execFileSync("tar", ["-xOf", main, "RESTORE.md"], { encoding: "utf8" })).toContain("confluence-keys");

  const secret = readFileSync(join(home, key));
  rmSync(home, { recursive: true });
  const restored = await host.run("restore", "confluence", main, "--only", "files", "--yes");
  expect([restored.exitCode, restored.stderr]).toEqual([0, expect.not.stringMatching(/ERROR/)]);
  expect(existsSync(join(home, key))).toBe(false);
  const withKeys = await host.run("restore", "confluence", keys, "--yes");
  expect([withKeys.exitCode, withKeys.stderr]).toEqual([0, expect.not.stringMatching(/ERROR/)]);
  expect(readFileSync(join(home, key))).toEqual(secret);
  expect(existsSync(join(home, "confluence.cfg.xml"))).toBe(true);
}, 120_000);

test("a drill of the keys proves that they are whole, without the application's questions", async () => {
  const { host } = createConfluence();
  const { keys } = await backUp(host);
  const { exitCode, stdout, stderr } = await host.run("drill", keys);
  expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/ERROR/)]);
  expect(stdout).toContain("proven");
  expect(stdout).not.toContain("ask:");
}, 120_000);

test("keysDir takes them elsewhere, and prune removes old ones there too", async () => {
  const { host } = createConfluence();
  const keysDir = join(host.directory, "keys");
  mkdirSync(keysDir);
  const configured = readFileSync(host.configFile, "utf8");
  writeFileSync(host.configFile, `keysDir: ${keysDir}\nretention: { last: 1 }\n${configured}`, { mode: 0o600 });
  const first = await backUp(host);
  const second = await backUp(host);
  expect(second.keys).toContain(`${keysDir}/confluence-keys/`);

  const dryRun = await host.run("prune", "confluence", "--dry-run", "--json");
  expect(JSON.parse(dryRun.stdout)).toMatchObject([
    { application: "confluence", action: "keep" },
    { application: "confluence", action: "remove" },
    { application: "confluence-keys", action: "keep" },
    { application: "confluence-keys", action: "remove" },
  ]);
  expect((await host.run("prune", "confluence")).exitCode).toBe(0);
  expect([existsSync(first.main), existsSync(first.keys)]).toEqual([false, false]);
  expect([existsSync(second.main), existsSync(second.keys)]).toEqual([true, true]);
}, 120_000);

test("an application without any key is backed up with a warning, and without a second archive", async () => {
  const { host, home } = createConfluence();
  rmSync(join(home, "keys"), { recursive: true });
  rmSync(join(home, "secrets-config.yaml"));
  const { exitCode, stdout, stderr } = await host.run("backup", "confluence");
  expect(exitCode).toBe(0);
  expect(stdout.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain("has none of the keys");
  expect(readdirSync(join(host.workDirectory, "confluence-keys"))).toEqual([]);
}, 120_000);

test("a name that another application has already is refused before anything is done", async () => {
  const { host } = createConfluence("\n  confluence-keys: { type: generic, version: { value: '1' }, paths: [/etc] }");
  const { exitCode, stderr } = await host.run("backup", "confluence");
  expect(exitCode).toBe(2);
  expect(stderr).toContain("applications.confluence.keys");
  expect(stderr).toContain("confluence-keys");
});
