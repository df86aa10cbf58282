import { createAwkwardPostgresql } from "@catapullt/testkit/awkward-postgresql";
import { startPostgresql, type ThrowawayPostgresql } from "@catapullt/testkit/postgresql";
import { postgresqlFingerprint } from "@catapullt/testkit/postgresql-fingerprint";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ContainerHost, commandLinesWith, createContainerHost, wasShown } from "./container-host.ts";

let server: ThrowawayPostgresql;
const password = "p#a\"s's w\\ord;$ :x ";
const name = "aw'k \"db\\ ü€";

beforeAll(async () => {
  server = await startPostgresql({ tcp: true });
  await createAwkwardPostgresql(server, name);
  await server.createUser("backup", password, ["ALTER ROLE :user SUPERUSER"]);
});

afterAll(() => server?.stop());

function createHost(settings: object, misleading: Record<string, string> = {}): ContainerHost {
  const environment = { PGDATA: "/data", LC_ALL: "de_DE.UTF-8", ...misleading };
  return createContainerHost({ database: { engine: "postgresql", name, ...settings }, environment });
}

test("backs up a PostgreSQL in a container with a password, and restores it over what has become of it", async () => {
  const host = createHost(
    { host: "127.0.0.1", port: server.port, user: "backup", password },
    { PGHOST: "nowhere.invalid", PGPASSWORD: "wrong" },
  );
  const before = await postgresqlFingerprint(server, name);
  const archive = await host.backUp();
  await server.execute("DROP TABLE blog CASCADE; CREATE TABLE later (n integer)", name);

  const refused = await host.run("restore", "wiki", archive, "--yes");
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("in container wiki-db-1") });
  const restored = await host.run("restore", "wiki", archive, "--yes", "--replace");

  expect(restored.stderr).not.toMatch(/ERROR/);
  expect(restored.exitCode).toBe(0);
  expect(await postgresqlFingerprint(server, name)).toEqual(before);
  expect(wasShown(host, password, password.replace(/[\\:]/g, "\\$&"))).toBe(false);
  expect(restored.stdout + restored.stderr + refused.stderr).not.toContain(password.trim());
  expect(commandLinesWith(host.directory)).toEqual([]);
});

test.each([
  ["through its socket", () => ({ socket: server.socket, port: server.port, user: "postgres" }), ""],
  ["over TCP, with a password", () => ({ host: "127.0.0.1", port: server.port, user: "backup", password }), password],
])("RESTORE.md gives the commands that load the dump into a container %s", async (_, settings, typed) => {
  const host = createHost(settings());
  const before = await postgresqlFingerprint(server, name);
  const archive = await host.backUp();
  await server.dropDatabase(name);
  host.restoreByHand(archive, typed, (script) =>
    typed === "" ? script : script.replaceAll("--username=postgres", "--username=backup"),
  );
  expect(await postgresqlFingerprint(server, name)).toEqual(before);
});
