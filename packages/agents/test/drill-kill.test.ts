import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDrilledConfluence, drillDirectory, processesIn } from "./drill-host.ts";
import { namesIn, type StartedAgent } from "./restore-host.ts";

let server: ThrowawayMariadb;

beforeAll(async () => {
  server = await startMariadb({ tcp: true });
  await server.execute(
    "ALTER USER root@localhost IDENTIFIED BY ''; CREATE USER root@'%'; GRANT ALL ON *.* TO root@'%'",
  );
});

afterAll(() => server?.stop());

/** Waits for what another process does; the limit ends a test that would never end. */
async function eventually(what: () => boolean): Promise<void> {
  const limit = performance.now() + 60_000;
  while (!what()) {
    if (performance.now() > limit) throw new Error("it did not come about");
    await delay(20);
  }
}

/** Phases of a drill by what can be seen in its directory. */
const phases = {
  "while the server starts": (directory: string) => hasEntry(directory, "mysql"),
  "while the server runs": (directory: string) => hasEntry(directory, "mysql/s"),
  "while files are written": (directory: string) => hasEntry(directory, "files"),
};

function hasEntry(directory: string, path: string): boolean {
  return readdirSync(directory).some((name) => existsSync(join(directory, name, path)));
}

async function beginDrill(phase: keyof typeof phases): Promise<{ directory: string; agent: StartedAgent }> {
  const { host } = await createDrilledConfluence(server, {
    attachments: 400,
    database: { pages: 4_000, attachments: 400 },
  });
  const archive = await host.backUp("confluence");
  const directory = drillDirectory();
  const agent = host.start(["drill", archive, "--directory", directory]);
  await eventually(() => phases[phase](directory));
  return { directory, agent };
}

const titles = Object.keys(phases) as (keyof typeof phases)[];

test.each(titles)("a drill that is killed %s leaves no server and no file", { timeout: 180_000 }, async (phase) => {
  const { directory, agent } = await beginDrill(phase);
  agent.kill("SIGKILL");
  expect((await agent.ended).signal).toBe("SIGKILL");
  await eventually(() => namesIn(directory).length === 0 && processesIn(directory).length === 0);
});

test.each(titles)("a drill that is told to end %s cleans up first", { timeout: 180_000 }, async (phase) => {
  const { directory, agent } = await beginDrill(phase);
  agent.kill("SIGTERM");
  const { exitCode, stderr } = await agent.ended;
  expect([exitCode, stderr]).toEqual([143, expect.stringContaining("ended by SIGTERM")]);
  expect(namesIn(directory)).toEqual([]);
  expect(processesIn(directory)).toEqual([]);
});

test("what a drill left that was killed with its guards is removed by the next one, and nothing else is", {
  timeout: 180_000,
}, async () => {
  const { directory, agent } = await beginDrill("while the server runs");
  for (const line of processesIn(directory).filter((process) => / sh -c /.test(` ${process.replace(/^\d+ /, "")}`))) {
    process.kill(Number(line.split(" ")[0]), "SIGKILL");
  }
  agent.kill("SIGKILL");
  await agent.ended;
  const [abandoned = ""] = namesIn(directory);
  expect(abandoned).toMatch(/^\.backup-agent-drill-/);
  await eventually(() => processesIn(directory).length === 0);
  writeFileSync(join(directory, "somebody's file"), "");

  const { host } = await createDrilledConfluence(server);
  const archive = await host.backUp("confluence");
  const running = host.start(["drill", archive, "--directory", directory]);
  expect((await running.ended).exitCode).toBe(0);
  expect(namesIn(directory)).toEqual(["somebody's file"]);
});
