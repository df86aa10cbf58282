import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { startMariadb } from "@catapullt/testkit/mariadb";
import { createRandom } from "@catapullt/testkit/random";
import { waitFor } from "@catapullt/testkit/wait-for";
import { expect, onTestFinished, test } from "vitest";
import { createRestoreHost, namesIn, type RestoreHost } from "./restore-host.ts";
import { createIntranet, titles, withoutDatabase } from "./restore-intranet.ts";

const rounds = 8;

function stagesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((path) =>
    basename(path).startsWith(".backup-agent-restore-"),
  );
}

test("SIGKILL at any instant loses nothing, and the next restore clears what was left", async () => {
  const { host, uploads, settings, database, archive } = await createIntranet();
  const original = withoutDatabase(describeTree(uploads));
  const restore = ["restore", "intranet", archive, "--yes", "--replace"];
  const startedAt = performance.now();
  expect((await host.run(...restore)).exitCode).toBe(0);
  const duration = performance.now() - startedAt;
  const random = createRandom(3);
  let leftovers = 0;
  for (let round = 0; round < rounds; round += 1) {
    writeFileSync(join(uploads, `marker-${round}`), "must survive");
    writeFileSync(settings, `port = ${round}\n`);
    const running = host.start(restore);
    // Every other time when files are being written, at any other instant else.
    if (round % 2 === 0) await delay(duration * (0.2 + 0.8 * random()));
    else await Promise.race([waitFor(() => stagesBelow(host.directory).length > 0), running.ended]);
    running.kill("SIGKILL");
    await running.ended;
    leftovers += stagesBelow(host.directory).length;

    const { exitCode, stderr } = await host.run(...restore);

    expect(stderr).not.toMatch(/ERROR/);
    expect(exitCode).toBe(0);
    expect(stagesBelow(host.directory)).toEqual([]);
    expect(withoutDatabase(describeTree(uploads))).toEqual(original);
    expect(titles(database)).toEqual(["😀", null]);
    const places = namesIn(dirname(uploads)).map((name) => join(dirname(uploads), name, `marker-${round}`));
    expect(places.filter((path) => existsSync(path))).toHaveLength(1);
    expect(existsSync(join(host.directory, "state", "restores", "intranet.json"))).toBe(false);
  }
  expect(leftovers).toBeGreaterThan(0);
}, 120_000);

/** Tools on PATH in front of the real ones, by name. */
function standIns(host: RestoreHost, scripts: Record<string, string>): string {
  const directory = join(host.directory, "tools");
  mkdirSync(directory, { recursive: true });
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${directory}:${dirname(process.execPath)}:/usr/bin:/bin`;
}

test("what SIGKILL left half in a database is called so: by the next restore, and by a backup until then", async () => {
  const server = await startMariadb();
  onTestFinished(server.stop);
  await server.execute("CREATE DATABASE half; CREATE TABLE half.a (b INT); INSERT INTO half.a VALUES (1), (2)");
  await server.execute("CREATE TABLE half.z AS SELECT * FROM half.a");
  const host = createRestoreHost(`  intranet:
    type: generic
    version: { value: "1" }
    databases: [{ engine: mariadb, name: half, socket: ${server.socket}, user: root }]`);
  const archive = await host.backUp("intranet");
  await server.execute("DROP DATABASE half");
  const reached = join(host.directory, "reached");
  const running = host.start(["restore", "intranet", archive, "--yes"], {
    PATH: standIns(host, {
      mariadb: `case "$*" in *--binary-mode*) sed '/CREATE TABLE .z/,$d' | /usr/bin/mariadb "$@"; touch ${reached}; cat >/dev/null; exec sleep 600;; esac
exec /usr/bin/mariadb "$@"`,
      // The load does not end before it is killed.
      sleep: "exec /usr/bin/sleep 2",
    }),
  });
  await expect.poll(() => existsSync(reached), { timeout: 30_000 }).toBe(true);
  running.kill("SIGKILL");
  await running.ended;
  expect(await server.execute("SHOW TABLES", "half")).toBe("a");

  const backup = await host.run("backup", "intranet");
  expect(backup.stderr).toMatch(/WARN {2}a restore of .* that began at \S+ did not come to its end: .* may be half/);
  rmSync(backup.stdout.trim());

  const dryRun = await host.run("restore", "intranet", archive, "--dry-run");
  expect(dryRun.stdout).toContain("is not empty: 1 table, perhaps half a dump: a restore was killed");
  const refused = await host.run("restore", "intranet", archive, "--yes");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/perhaps half a dump.*--replace/s);
  const again = await host.run("restore", "intranet", archive, "--yes", "--replace");
  expect(again.stderr).not.toMatch(/ERROR/);
  expect(again.exitCode).toBe(0);
  expect(await server.execute("SELECT COUNT(*) FROM z", "half")).toBe("2");
  expect((await host.run("backup", "intranet")).stderr).not.toMatch(/WARN/);
}, 60_000);
