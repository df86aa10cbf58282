import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bitbucketDatabaseSql, bitbucketProperties, buildBitbucket } from "@catapullt/testkit/bitbucket";
import {
  type BitbucketServer,
  type BitbucketServerOptions,
  bitbucketAdministrator,
  startBitbucketServer,
} from "@catapullt/testkit/bitbucket-server";
import { freePort } from "@catapullt/testkit/free-port";
import type { HttpAnswer } from "@catapullt/testkit/http-stand-in";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { type ProgramResult, programEnvironment } from "@catapullt/testkit/programs";
import { waitFor } from "@catapullt/testkit/wait-for";
import { writeFiles } from "@catapullt/testkit/write-files";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createRestoreHost, type RestoreHost } from "./restore-host.ts";

let database: ThrowawayMariadb;

beforeAll(async () => {
  database = await startMariadb({ tcp: true });
  await database.execute("CREATE DATABASE bitbucket CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await database.execute(bitbucketDatabaseSql(), "bitbucket");
  await database.createUser("bitbucket", "s3cret", ["ALL PRIVILEGES ON bitbucket.*", "SELECT ON mysql.proc"]);
});

afterAll(() => database?.stop());

interface MaintainedBitbucket {
  host: RestoreHost;
  server: BitbucketServer;
  /** Starts the agent with a dump tool that stops half-way, and waits until it has. */
  startStuckBackup(): Promise<ReturnType<RestoreHost["start"]>>;
  /** What the agent has written down of the lock; undefined where it holds none. */
  record(): string | undefined;
  archives(): string[];
}

async function createBitbucket(
  options: BitbucketServerOptions & { maintenance?: object } = {},
): Promise<MaintainedBitbucket> {
  const server = await startBitbucketServer(options);
  onTestFinished(() => server.close());
  const host = createRestoreHost();
  const { home, install } = buildBitbucket({
    home: join(host.directory, "home"),
    install: join(host.directory, "install"),
    properties: bitbucketProperties({ url: `jdbc:mysql://127.0.0.1:${database.port}/bitbucket` }),
  });
  const maintenance = { url: `${server.origin}/`, ...bitbucketAdministrator, ...options.maintenance };
  host.configure(`  bitbucket: ${JSON.stringify({ home, install, maintenance })}`);
  const recordFile = join(host.directory, "state/consistency/bitbucket");
  return {
    host,
    server,
    async startStuckBackup() {
      const reached = join(host.directory, "dump-reached");
      const programs = join(host.directory, "programs");
      writeFiles(programs, {
        "mariadb-dump": `#!/bin/sh\n[ "$1" = --version ] && exec /usr/bin/mariadb-dump --version\ntouch ${reached}\nexec sleep 120\n`,
      });
      chmodSync(join(programs, "mariadb-dump"), 0o755);
      const agent = host.start(["bitbucket"], { PATH: `${programs}:${programEnvironment().PATH}` });
      await waitFor(() => existsSync(reached));
      return agent;
    },
    record: () => (existsSync(recordFile) ? readFileSync(recordFile, "utf8") : undefined),
    archives: () => {
      const place = join(host.workDirectory, "bitbucket");
      return existsSync(place) ? readdirSync(place).filter((name) => name.endsWith(".sha1")) : [];
    },
  };
}

function expectNoSecret({ stdout, stderr }: ProgramResult): void {
  const { user, password } = bitbucketAdministrator;
  for (const form of [password, encodeURIComponent(password), Buffer.from(`${user}:${password}`).toString("base64")])
    expect(stdout + stderr).not.toContain(form);
}

const lock = "POST /mvc/maintenance/lock";
const start = "POST /mvc/admin/backups?external=true";
const look = "GET /mvc/maintenance";
const done = "POST /mvc/admin/backups/progress/client?token=UNLOCK&percentage=100";
const cancel = "DELETE /mvc/admin/backups/CANCEL";
const unlock = "DELETE /mvc/maintenance/lock?token=UNLOCK";
const ask = "GET /status";

test("a backup is made between lock and unlock, once database and repositories are at rest", async () => {
  const { host, server, record, archives } = await createBitbucket({ pollsUntilDrained: 2 });
  const result = await host.run("-v", "bitbucket");
  expect(result.stderr).not.toMatch(/WARN|ERROR/);
  expect(result.exitCode).toBe(0);
  expect(server.steps()).toEqual([lock, start, look, look, look, done, unlock]);
  expect([server.isLocked(), server.isBackingUp(), record(), archives().length]).toEqual([false, false, undefined, 1]);
  expectNoSecret(result);
});

test("the dump begins after the last question for rest, and ends before the unlock", async () => {
  const { host, server, startStuckBackup, record } = await createBitbucket();
  const agent = await startStuckBackup();
  expect(server.steps()).toEqual([lock, start, look, look, look]);
  expect([server.isLocked(), server.isBackingUp()]).toEqual([true, true]);
  expect(record()).toContain("unlockToken");
  agent.kill("SIGTERM");
  const result = await agent.ended;
  expect([result.exitCode, result.signal]).toEqual([143, null]);
  expect(server.steps().slice(5)).toEqual([cancel, unlock]);
  expect([server.isLocked(), record()]).toEqual([false, undefined]);
  expectNoSecret(result);
  expect(await host.run("bitbucket")).toMatchObject({ exitCode: 0 });
});

test("a run that is killed leaves it locked, and the next run unlocks it before it does anything else", async () => {
  const { host, server, startStuckBackup, record, archives } = await createBitbucket();
  const agent = await startStuckBackup();
  agent.kill("SIGKILL");
  await agent.ended;
  expect([server.isLocked(), archives()]).toEqual([true, []]);
  server.requests.length = 0;
  const next = await host.run("bitbucket");
  expect(next.stderr).toContain("a run that was killed has left bitbucket in maintenance mode: ending it");
  expect(next.exitCode).toBe(0);
  expect(server.steps()).toEqual([cancel, unlock, lock, start, look, look, look, done, unlock]);
  expect([server.isLocked(), record(), archives().length]).toEqual([false, undefined, 1]);
});

test("the token of the lock is written down before anything else: a kill right after the lock loses nothing", async () => {
  let hangs = true;
  const { host, server, record } = await createBitbucket({
    fault: ({ method, path }) => (hangs && `${method} ${path}` === start ? { does: "hang" } : undefined),
  });
  const agent = host.start(["bitbucket"]);
  await waitFor(() => server.steps().includes(start));
  agent.kill("SIGKILL");
  await agent.ended;
  expect(record()).toBe('{"lock":"held","unlockToken":"0123456789abcdef0123456789abcdef01234567"}\n');
  hangs = false;
  server.requests.length = 0;
  expect(await host.run("bitbucket")).toMatchObject({ exitCode: 0 });
  expect(server.steps().slice(0, 2)).toEqual([unlock, lock]);
  expect([server.isLocked(), record()]).toEqual([false, undefined]);
});

test("a signal while it comes to rest unlocks it", async () => {
  const { host, server, record, archives } = await createBitbucket({ pollsUntilDrained: Number.POSITIVE_INFINITY });
  const agent = host.start(["bitbucket"]);
  await waitFor(() => server.steps().includes(look));
  agent.kill("SIGINT");
  expect((await agent.ended).exitCode).toBe(130);
  expect(server.steps().slice(-2)).toEqual([cancel, unlock]);
  expect([server.isLocked(), record(), archives()]).toEqual([false, undefined, []]);
});

test("after a kill and a restart of Bitbucket, which unlocks it, the next run goes on", async () => {
  const { host, server, record } = await createBitbucket();
  const recordFile = join(host.directory, "state/consistency/bitbucket");
  writeFiles(join(host.directory, "state/consistency"), {
    bitbucket: '{"lock":"held","unlockToken":"of-yesterday","cancelToken":"of-yesterday"}\n',
  });
  const next = await host.run("bitbucket");
  expect(next.exitCode).toBe(0);
  expect(server.steps().slice(0, 4)).toEqual([
    "DELETE /mvc/admin/backups/of-yesterday",
    "DELETE /mvc/maintenance/lock?token=of-yesterday",
    ask,
    lock,
  ]);
  expect([server.isLocked(), record(), existsSync(recordFile)]).toEqual([false, undefined, false]);
});

test("a wrong password is told, and nothing is done", async () => {
  const { host, server, record, archives } = await createBitbucket({ maintenance: { password: "wr0ng-Secret" } });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain("code=consistency-failed");
  expect(result.stderr).toContain("Bitbucket refuses the user backup admin or the password (POST ");
  expect(result.stderr).toContain("applications.bitbucket.maintenance.password");
  expect(result.stderr).not.toContain("still in maintenance mode");
  expect(result.stderr).not.toContain("wr0ng-Secret");
  expect([server.steps(), record(), archives()]).toEqual([[lock], undefined, []]);
});

test("a Bitbucket that never comes to rest is unlocked after the timeout", async () => {
  const { host, server, record, archives } = await createBitbucket({
    pollsUntilDrained: Number.POSITIVE_INFINITY,
    maintenance: { timeout: "1s" },
  });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain(
    "Bitbucket did not come to rest in time: its database is DRAINING, its repositories are DRAINING",
  );
  expect(result.stderr).toContain("applications.bitbucket.maintenance.timeout");
  expect(server.steps().slice(-2)).toEqual([cancel, unlock]);
  expect([server.isLocked(), record(), archives()]).toEqual([false, undefined, []]);
});

test("a task that Bitbucket itself ends makes no backup", async () => {
  const failing: HttpAnswer = {
    status: 200,
    body: JSON.stringify({ task: { state: "FAILED" }, "db-state": "AVAILABLE", "scm-state": "DRAINED" }),
  };
  const { host, server, archives } = await createBitbucket({
    fault: ({ method, path }) => (`${method} ${path}` === look ? failing : undefined),
  });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain("Bitbucket ended its part of the backup (FAILED) before it was at rest");
  expect(server.steps()).toEqual([lock, start, look, cancel, unlock]);
  expect([server.isLocked(), archives()]).toEqual([false, []]);
});

test.each([start, look])("a connection that drops at %s unlocks it again", async (step) => {
  const { host, server, record, archives } = await createBitbucket({
    fault: ({ method, path }) => (`${method} ${path}` === step ? { does: "drop" } : undefined),
  });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/Bitbucket at http:\/\/127\.0\.0\.1:\d+ does not answer: /);
  expect(server.steps().at(-1)).toBe(unlock);
  expect([server.isLocked(), record(), archives()]).toEqual([false, undefined, []]);
});

test("a lock whose answer is lost is found out and told, in every run until it is gone", async () => {
  let loses = true;
  const { host, server, record, archives } = await createBitbucket({
    fault({ method, path }, perform) {
      if (!loses || `${method} ${path}` !== lock) return undefined;
      perform();
      return { does: "drop" };
    },
  });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain("the answer with the token that unlocks it was lost");
  expect(result.stderr).toContain("end it by hand: restart Bitbucket, whose lock does not outlive that");
  expect([server.isLocked(), record()]).toEqual([true, '{"lock":"asked"}\n']);
  const again = await host.run("bitbucket");
  expect([again.exitCode, archives()]).toEqual([1, []]);
  expect(again.stderr).toContain("restart Bitbucket");
  loses = false;
  server.restart();
  expect(await host.run("bitbucket")).toMatchObject({ exitCode: 0 });
  expect(record()).toBeUndefined();
});

test("a lock that got lost on its way to Bitbucket is no lock", async () => {
  const { host, server, record } = await createBitbucket({
    fault: ({ method, path }) => (`${method} ${path}` === lock ? { does: "drop" } : undefined),
  });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).not.toContain("still in maintenance mode");
  expect(server.steps()).toEqual([lock, ask]);
  expect([server.isLocked(), record()]).toEqual([false, undefined]);
});

test("an unlock that fails gives the command to run by hand, without the password, and the next run tries again", async () => {
  let fails = true;
  const { host, server, record, archives } = await createBitbucket({
    fault: ({ method, path }) =>
      fails && method === "DELETE" && path.startsWith("/mvc/maintenance/lock") ? { status: 500 } : undefined,
  });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain("bitbucket is still in maintenance mode: Bitbucket answers 500 to DELETE");
  expect(result.stderr).toContain(
    `end it by hand: curl --user 'backup admin' --request DELETE '${server.origin}/mvc/maintenance/lock?token=0123456789abcdef0123456789abcdef01234567'`,
  );
  expect(server.steps().filter((step) => step === unlock)).toHaveLength(4);
  expectNoSecret(result);
  expect([server.isLocked(), record() === undefined, archives().length]).toEqual([true, false, 1]);
  fails = false;
  const next = await host.run("bitbucket");
  expect([next.exitCode, server.isLocked(), record()]).toEqual([0, false, undefined]);
});

test("an unlock that fails once is tried again", async () => {
  let failures = 0;
  const { host, server } = await createBitbucket({
    fault({ method, path }) {
      if (method !== "DELETE" || !path.startsWith("/mvc/maintenance/lock")) return undefined;
      failures += 1;
      return failures === 1 ? { does: "drop" } : undefined;
    },
  });
  expect(await host.run("bitbucket")).toMatchObject({ exitCode: 0 });
  expect([server.isLocked(), failures]).toEqual([false, 2]);
});

test("a dump that fails unlocks it", async () => {
  const { host, server, record } = await createBitbucket();
  const programs = join(host.directory, "programs");
  writeFiles(programs, {
    "mariadb-dump": '#!/bin/sh\n[ "$1" = --version ] && exec /usr/bin/mariadb-dump --version\nexit 2\n',
  });
  chmodSync(join(programs, "mariadb-dump"), 0o755);
  const result = await host.start(["bitbucket"], { PATH: `${programs}:${programEnvironment().PATH}` }).ended;
  expect([result.exitCode, server.steps().slice(-2)]).toEqual([1, [cancel, unlock]]);
  expect(result.stderr).toContain("code=dump-failed");
  expect([server.isLocked(), record()]).toEqual([false, undefined]);
});

test("a Bitbucket that is locked by somebody else is left alone", async () => {
  const { host, server, record } = await createBitbucket();
  await fetch(`${server.origin}/mvc/maintenance/lock`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(Object.values(bitbucketAdministrator).join(":")).toString("base64")}`,
    },
  });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain("Bitbucket is locked already, or being backed up by somebody else");
  expect([server.isLocked(), record()]).toEqual([true, undefined]);
});

test("a redirect is not followed with the password, and its target is told", async () => {
  const { host, server } = await createBitbucket({
    fault: () => ({ status: 302, headers: { location: "https://git.example.org/mvc/maintenance/lock" } }),
  });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain("it leads to https://git.example.org/mvc/maintenance/lock: set `applications.");
  expect(server.steps()).toEqual([lock]);
});

test("a Bitbucket that is not running is told with its address", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { host, record } = await createBitbucket({ maintenance: { url } });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(new RegExp(`Bitbucket at ${url} does not answer: .*ECONNREFUSED`));
  expect(result.stderr).toContain("is it running? `applications.bitbucket.maintenance.url`");
  expect(result.stderr).not.toContain("still in maintenance mode");
  expect(record()).toBeUndefined();
});

test("what is no Bitbucket is told", async () => {
  const { host } = await createBitbucket({ fault: () => ({ status: 200, body: "<html>welcome</html>" }) });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain("the answer of Bitbucket to /mvc/maintenance/lock has no unlockToken");
});

test("an answer without any end ends the run, and it is unlocked", async () => {
  const { host, server } = await createBitbucket({
    fault: ({ method, path }) => (`${method} ${path}` === look ? { does: "endless" } : undefined),
  });
  const result = await host.run("bitbucket");
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain("the answer has no end");
  expect(server.isLocked()).toBe(false);
});

test("without its configuration a lock that is left stops the next run, which says how to go on", async () => {
  const { host, startStuckBackup } = await createBitbucket();
  const agent = await startStuckBackup();
  agent.kill("SIGKILL");
  await agent.ended;
  const text = readFileSync(host.configFile, "utf8");
  writeFileSync(host.configFile, text.replace(/"maintenance":\{[^}]*\}/, '"maintenance":{"enabled":false}'), {
    mode: 0o600,
  });
  const next = await host.run("bitbucket");
  expect(next.exitCode).toBe(1);
  expect(next.stderr).toContain("a run that was killed has left bitbucket at rest");
});
