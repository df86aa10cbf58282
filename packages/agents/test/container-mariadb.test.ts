import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fillAwkwardDatabase } from "@catapullt/testkit/awkward-database";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import type { DumpBehaviour } from "@catapullt/testkit/fake-tools/behaviour";
import { installFakeTools } from "@catapullt/testkit/fake-tools/install";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quoteOption } from "../databases/mysql/option-file.ts";
import { type ContainerHost, commandLinesWith, createContainerHost, wasShown } from "./container-host.ts";

let server: ThrowawayMariadb;
const password = "p#a\"s's w\\ord;$ ";
const name = "aw ü`k.d_b%-- x";
const quotedName = "`aw ü``k.d_b%-- x`";

beforeAll(async () => {
  server = await startMariadb();
  await server.execute(`CREATE DATABASE ${quotedName} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  await fillAwkwardDatabase(server, name);
  await server.createUser("wiki", password, ["ALL PRIVILEGES ON *.*"]);
});

afterAll(() => server?.stop());

// Images set such variables, which would lead the clients astray.
const environment = { MYSQL_PWD: "wrong", MYSQL_TCP_PORT: "1", MARIADB_ROOT_PASSWORD: "root's" };

function createHost(rest: { runtime?: "docker" | "podman"; environment?: Record<string, string> } = {}): ContainerHost {
  const database = { engine: "mariadb", name, socket: server.socket, user: "wiki", password };
  return createContainerHost({ database, environment, ...rest });
}

/** Runs the command that a restore gave for what it took out of the way. */
function comeBack(host: ContainerHost, output: string): void {
  const [, command = ""] = /comes back by: (.*)/.exec(output) ?? [];
  const PATH = `${host.standIn.path}:${process.env.PATH}`;
  // The server's own root has no password, and nothing would be proven.
  execFileSync("sh", ["-c", command.replace("--user=root", "--user=wiki")], { env: { PATH, MYSQL_PWD: password } });
}

describe.each(["docker", "podman"] as const)("a MariaDB that only %s reaches", (runtime) => {
  test("is backed up, and restored over what has become of it", async () => {
    const host = createHost({ runtime });
    const before = await databaseFingerprint(server, name);
    const archive = await host.backUp();
    await server.execute("DROP TABLE blog; CREATE TABLE later (n INT)", name);

    const refused = await host.run("restore", "wiki", archive, "--yes");
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("in container wiki-db-1") });
    const restored = await host.run("restore", "wiki", archive, "--yes", "--replace");

    expect(restored).toMatchObject({ exitCode: 0, stderr: expect.not.stringMatching(/ERROR/) });
    expect(await databaseFingerprint(server, name)).toEqual(before);
    expect(wasShown(host, password, quoteOption(password))).toBe(false);
    comeBack(host, restored.stdout);
    expect(await server.execute("SHOW TABLES LIKE 'later'", name)).toBe("later");
    await server.execute("DROP TABLE later", name);
    expect(restored.stdout + restored.stderr + refused.stderr).not.toContain(password.trim());
    expect(commandLinesWith(host.directory)).toEqual([]);
  });
});

test("RESTORE.md gives the commands that load the dump into a container", async () => {
  const host = createHost();
  const before = await databaseFingerprint(server, name);
  const archive = await host.backUp();
  await server.execute(`DROP DATABASE ${quotedName}`);
  // The server's own root has no password, and nothing would be proven.
  host.restoreByHand(archive, password, (script) => script.replaceAll("--user=root", "--user=wiki"));
  expect(await databaseFingerprint(server, name)).toEqual(before);
});

describe("a dump tool in a container", () => {
  async function startDump(behaviour: DumpBehaviour) {
    const directory = join(temporaryDirectory("tools"), "bin");
    const tools = installFakeTools({
      directory,
      real: ["mariadb"],
      dump: { "mariadb-dump": { flavour: "mariadb-10.11", behaviour } },
    });
    const host = createHost({ environment: { ...environment, PATH: `${tools}:/usr/bin:/bin` } });
    const agent = host.start("wiki");
    // Inside, not the program that reaches there.
    const inside = () => commandLinesWith("dump-program.ts").filter((line) => line.includes(name));
    const early = agent.ended.then(({ stderr }) => stderr);
    while (inside().length === 0) {
      const said = await Promise.race([early, delay(20)]);
      if (said !== undefined) throw new Error(said);
    }
    return { host, agent, inside };
  }

  test("that ignores a first request to end is gone when the agent has ended", async () => {
    const { host, agent, inside } = await startDump("stubborn");
    agent.kill("SIGTERM");
    const { exitCode, signal } = await agent.ended;
    expect([exitCode, signal]).toContain(143);
    expect(inside()).toEqual([]);
    expect(wasShown(host, password, quoteOption(password))).toBe(false);
  });

  test("ends by itself when the agent was killed", async () => {
    const { agent, inside } = await startDump("endless");
    agent.kill("SIGKILL");
    await agent.ended;
    while (inside().length > 0) await delay(20);
    expect(inside()).toEqual([]);
  });
});

test("says which container does not run, and how to start it", async () => {
  const host = createHost();
  host.standIn.change({ containers: { "wiki-db-1": { state: "exited", environment: {} } } });
  const { exitCode, stderr } = await host.run("wiki");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /container wiki-db-1 does not run \(docker exec: exit code 1: Error response from daemon: .*\)/,
  );
  expect(stderr).toContain("run: docker start wiki-db-1; where it does not stay up: docker logs --tail 50 wiki-db-1");
});

test("says where it looked for the database and what the server answered", async () => {
  const host = createContainerHost({
    database: { engine: "mariadb", name, socket: "/run/nothing.sock", user: "wiki" },
  });
  const { exitCode, stderr } = await host.run("wiki");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/at \/run\/nothing\.sock in container wiki-db-1, user wiki: mariadb .*Can't connect/);
});

test("lists the application with its container", async () => {
  const { stdout } = await createHost().run("applications");
  expect(stdout).toContain(`as wiki in docker container wiki-db-1`);
});
