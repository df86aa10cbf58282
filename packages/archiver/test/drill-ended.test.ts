import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { startMariadb } from "@catapullt/testkit/mariadb";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { expect, onTestFinished, test } from "vitest";
import { createDrillHost, type DrillHost, processesNaming, sqliteApplication } from "./drill-host.ts";

/** Waits for what another process does; the limit ends a test that would never end. */
async function eventually(what: () => boolean): Promise<void> {
  const limit = performance.now() + 60_000;
  while (!what()) {
    if (performance.now() > limit) throw new Error("it did not come about");
    await delay(20);
  }
}

function beginDrill(host: DrillHost) {
  const report = join(host.directory, "report.json");
  const args = ["--config", host.configFile, "drill", "--directory", host.drills];
  const child = spawn(process.execPath, [programFile("archiver"), ...args], {
    env: programEnvironment({ ...host.environment, BACKUP_REPORT: report }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = Promise.all([text(child.stderr), text(child.stdout), once(child, "close")]);
  return { child, ended: ended.then(([stderr, stdout, [exitCode]]) => ({ exitCode, stderr, stdout })) };
}

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)(
  "%s ends a drill with its server; nothing is left, nothing recorded",
  { timeout: 180_000 },
  async (signal, exitCode) => {
    const server = await startMariadb({ tcp: true });
    onTestFinished(() => server.stop());
    await server.execute("CREATE DATABASE intranet");
    await server.execute("CREATE TABLE page (id INT PRIMARY KEY)", "intranet");
    const host = createDrillHost();
    const database = { engine: "mariadb", name: "intranet", socket: server.socket, user: "root" };
    await host.backUp("intranet", { type: "generic", version: { value: "1" }, databases: [database] });
    await host.archiver(["pull"]);
    const { child, ended } = beginDrill(host);
    await eventually(() => readdirSync(host.drills).some((name) => existsSync(join(host.drills, name, "mariadb"))));
    child.kill(signal);
    expect(await ended).toEqual({ exitCode, stdout: "", stderr: expect.stringContaining(`ended by ${signal}`) });
    expect(readdirSync(host.drills)).toEqual([]);
    expect(processesNaming(host.drills)).toEqual([]);
    expect(host.held()).toEqual([]);
    expect(host.receipts().map(({ event }) => event)).toEqual(["stored", "described", "removed"]);
    expect(host.report()).toMatchObject({ outcome: "failure", failures: [{ message: `ended by ${signal}` }] });
  },
);

test("SIGTERM ends an agent that hangs and does not want to end", { timeout: 60_000 }, async () => {
  const host = createDrillHost();
  for (const name of ["intranet", "shop"]) await host.backUp(name, sqliteApplication(host.directory, name));
  await host.archiver(["pull"]);
  const started = join(host.directory, "started");
  host.standIn(`trap '' TERM; echo >>${started}; while :; do sleep 0.1; done`);
  const { child, ended } = beginDrill(host);
  await eventually(() => existsSync(started));
  child.kill("SIGTERM");
  expect(await ended).toMatchObject({ exitCode: 143 });
  expect(processesNaming(join(host.directory, "bin"))).toEqual([]);
  expect(host.held()).toEqual([]);
});
