import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { waitFor } from "@catapullt/testkit/wait-for";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConfluenceHost, createConfluenceHost, databasePassword, replaceProgram } from "./confluence-host.ts";

let server: ThrowawayMariadb;

beforeAll(async () => {
  server = await startMariadb({ tcp: true });
  await server.execute("CREATE DATABASE confluence CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await server.execute(confluenceDatabaseSql(), "confluence");
  await server.createUser("confluence", databasePassword, ["ALL PRIVILEGES ON confluence.*", "SELECT ON mysql.proc"]);
});

afterAll(() => server.stop());

/** Makes the dump stop half-way until it is ended; the returned promise resolves when it has come so far. */
function stopDumpHalfWay(host: ConfluenceHost): () => Promise<void> {
  const reached = join(host.directory, "dump-reached");
  replaceProgram(host, "mariadb-dump", `$real "$@" | head -c 3000\ntouch ${reached}\nexec sleep 600`);
  return () => waitFor(() => existsSync(reached));
}

function agentProcess(host: ConfluenceHost): number {
  const holder = join(host.directory, "state", "locks", "backup-agent-confluence.holder");
  return (JSON.parse(readFileSync(holder, "utf8")) as { pid: number }).pid;
}

/** Ends the agent where one runs: it may not have come so far yet, or be done already. */
function endAgent(host: ConfluenceHost, signal: NodeJS.Signals): void {
  try {
    process.kill(agentProcess(host), signal);
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === "ESRCH";
    const isJustStarting = error instanceof SyntaxError; // it is writing who it is
    if (!isGone && !isJustStarting) throw error;
  }
}

/** Fails unless everything that looks finished is whole. */
async function expectOnlyWholeArchives(host: ConfluenceHost): Promise<void> {
  const place = join(host.workDirectory, "confluence");
  for (const sidecar of host.files().filter((name) => name.endsWith(".sha1"))) {
    await execa("sha1sum", ["-c", "--status", sidecar], { cwd: place });
    await execa("tar", ["-tf", sidecar.replace(/\.sha1$/, "")], { cwd: place });
  }
}

async function expectNextRunWorks(host: ConfluenceHost): Promise<void> {
  rmSync(join(host.programs, "mariadb-dump"), { force: true });
  const next = await host.backUp();
  expect(next.stderr).not.toContain("code=");
  expect(next.exitCode).toBe(0);
  await expectOnlyWholeArchives(host);
  const names = host.files();
  expect(names.filter((name) => name.startsWith("."))).toEqual([]);
  expect(names.filter((name) => name.endsWith(".tar.zst")).map((name) => `${name}.sha1`)).toEqual(
    names.filter((name) => name.endsWith(".sha1")),
  );
}

test("a second run at the same time does nothing and says who holds the lock", async () => {
  const host = await createConfluenceHost({ server });
  const halfWay = stopDumpHalfWay(host);
  const first = host.startBackup();
  await halfWay();
  const filesBefore = host.files();

  const second = await host.backUp();

  expect(second.exitCode).toBe(4);
  expect(second.stderr).toMatch(new RegExp(`code=locked.*|process ${agentProcess(host)}`));
  expect(host.files()).toEqual(filesBefore);
  expect(host.mails.at(-1)?.subject).toMatch(/FAILED/);
  first.kill("SIGTERM");
  await first.ended;
  await expectNextRunWorks(host);
});

test("SIGTERM while the dump runs cleans up, is told and lets the next run work", async () => {
  const host = await createConfluenceHost({ server });
  const halfWay = stopDumpHalfWay(host);
  const run = host.startBackup();
  await halfWay();

  run.kill("SIGTERM");
  const { exitCode, signal } = await run.ended;

  expect(exitCode ?? signal).toBe(143);
  expect(host.files()).toEqual([]);
  expect(host.mails[0]?.subject).toMatch(/FAILED/);
  expect(host.mails[0]?.text).toMatch(/SIGTERM/);
  await expectNextRunWorks(host);
});

test("SIGKILL while the dump runs leaves nothing finished-looking, and the next run clears up", async () => {
  const host = await createConfluenceHost({ server });
  const halfWay = stopDumpHalfWay(host);
  const run = host.startBackup();
  await halfWay();

  process.kill(agentProcess(host), "SIGKILL");
  const { exitCode } = await run.ended;

  expect(exitCode).toBe(137);
  expect(host.files().filter((name) => !name.startsWith("."))).toEqual([]);
  expect(host.mails[0]?.subject).toMatch(/FAILED/);
  await expectNextRunWorks(host);
});

test("a backup that takes longer than its time limit is ended and says so", async () => {
  const host = await createConfluenceHost({ server, extraKeys: "    timeout: 3s\n" });
  stopDumpHalfWay(host);

  const { exitCode, stderr } = await host.backUp();

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/longer than 3.0 s/);
  expect(host.files()).toEqual([]);
  expect(host.mails[0]?.subject).toMatch(/FAILED/);
});

test.each(["SIGTERM", "SIGKILL"] as const)(
  "%s at any instant leaves whole archives only",
  async (signal) => {
    const host = await createConfluenceHost({ server });
    const startedAt = performance.now();
    await host.backUp();
    const duration = performance.now() - startedAt;
    const instants = 8;
    for (let instant = 1; instant <= instants; instant += 1) {
      const run = host.startBackup();
      await delay((duration * instant) / instants);
      endAgent(host, signal);
      await run.ended;
      await expectOnlyWholeArchives(host);
    }
    await expectNextRunWorks(host);
  },
  120_000,
);
