import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { programFile } from "@catapullt/testkit/programs";
import { runOnScreen, type ScreenOptions } from "@catapullt/testkit/screen";
import { startSshServer } from "@catapullt/testkit/sshd";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, onTestFinished, test } from "vitest";
import { type BackupHost, createBackupHost, sftpHost } from "./backup-host.ts";
import { createDrillHost, sqliteApplication } from "./drill-host.ts";
import { putArchive } from "./sample-archive.ts";
import { putWholeArchive } from "./whole-archive.ts";

const megabyte = 1_000_000;

function onScreen(host: BackupHost, args: readonly string[], options: ScreenOptions = {}) {
  const screen = runOnScreen(
    [process.execPath, programFile("archiver"), "--config", host.configFile, ...args],
    options,
  );
  onTestFinished(() => screen.close());
  return screen;
}

/** Two hosts behind a real SSH server, with two archives each, and a limit that makes them last. */
async function createSlowHosts(): Promise<BackupHost> {
  const host = createBackupHost();
  const server = await startSshServer();
  onTestFinished(() => server.stop());
  const hosts: Record<string, object> = {};
  for (const name of ["git01", "wiki01"]) {
    const work = temporaryDirectory("work");
    for (const day of ["21", "22"]) await putArchive(work, { bytes: megabyte, time: `202611${day}T020000Z` });
    hosts[name] = { ...sftpHost(server, work), concurrency: 1 };
  }
  host.configure(hosts, { rate: "2MB" });
  return host;
}

test("a pull shows each host and all together, below what it logs, and leaves only the log", async () => {
  const host = await createSlowHosts();
  const screen = onScreen(host, ["pull"]);
  const lines = await screen.waitUntil((shown) => /[1-9]\d* .?B of .* left$/.test(shown.at(-1) ?? ""));
  expect(lines.slice(-3)).toEqual([
    expect.stringMatching(
      /^(git|wiki)01 {2}[01] of 2 {2}wiki_2026112[12]T020000Z\.tar\.zst {2}.* of 2\.00 MB \(\d+ %\)/,
    ),
    expect.stringMatching(
      /^(git|wiki)01 {2}[01] of 2 {2}wiki_2026112[12]T020000Z\.tar\.zst {2}.* of 2\.00 MB \(\d+ %\)/,
    ),
    expect.stringMatching(/^all {2}0 of 2 hosts {2}.* of 4\.0\d MB \(\d+ %\) {2}[\d.]+ .?B\/s {2}.* left$/),
  ]);
  expect(await screen.ended).toBe(0);
  const logged = screen.lines();
  expect(logged.filter((line) => / fetched wiki_/.test(line))).toHaveLength(4);
  expect(logged.filter((line) => /^all |\(\d+ %\)/.test(line))).toEqual([]);
});

test("a narrow and low terminal keeps host, share and rate, and never more lines than it has", async () => {
  const host = await createSlowHosts();
  const screen = onScreen(host, ["-q", "pull"], { columns: 60, rows: 5 });
  const lines = await screen.waitUntil((shown) => shown.some((line) => /^(git|wiki)01 .*\(\d+ %\) .*\/s/.test(line)));
  for (const line of lines) expect(line.length).toBeLessThan(60);
  expect(await screen.ended).toBe(0);
});

test("an end by Ctrl-C leaves no line of progress behind", async () => {
  const host = await createSlowHosts();
  const screen = onScreen(host, ["pull"]);
  await screen.waitUntil((shown) => /^all /.test(shown.at(-1) ?? ""));
  screen.press("\u0003");
  expect(await screen.ended).not.toBe(0);
  expect(screen.lines().filter((line) => /^all |\(\d+ %\)/.test(line))).toEqual([]);
});

test("Ctrl-Z takes the lines away before the shell writes, and they come back below what it wrote", async () => {
  const host = await createSlowHosts();
  const screen = onScreen(host, ["-q", "pull"]);
  await screen.waitUntil((shown) => /^all /.test(shown.at(-1) ?? ""));
  screen.press("\u001a");
  await screen.waitUntil((shown) => !shown.some((line) => line.startsWith("all ")));
  await run("pkill", ["-CONT", "-f", host.configFile]);
  await screen.waitUntil((shown) => /^all /.test(shown.at(-1) ?? ""));
  expect(screen.lines().filter((line) => line.startsWith("all "))).toHaveLength(1);
  expect(await screen.ended).toBe(0);
});

test("no control sequence is written where standard error is no terminal, and none to standard output", async () => {
  const host = await createSlowHosts();
  const directory = temporaryDirectory("streams");
  const log = join(directory, "log");
  const screen = onScreen(host, ["pull", "--keep-remote"], {
    script: `"$@" 2> ${log}`,
    environment: { FORCE_COLOR: "0" },
  });
  expect(await screen.ended).toBe(0);
  expect(screen.written()).not.toContain("\u001b");
  const { stderr } = await host.archiver(["pull"]);
  expect(stderr).toMatch(/fetched|removed/);
  expect(stderr).not.toContain("\u001b");
});

test("verify shows the archive that is read, and all together", async () => {
  const host = createBackupHost();
  host.configure({});
  for (const day of ["20", "21", "22"])
    await putWholeArchive(join(host.vault, "wiki01"), { bytes: megabyte, time: `2026-11-${day}T02:00:00Z` });
  const screen = onScreen(host, ["verify", "--rate", "2MB"]);
  const lines = await screen.waitUntil((shown) => /^all {2}1 of 3 archives .* left$/.test(shown.at(-1) ?? ""));
  expect(lines.at(-2)).toMatch(/^wiki01 {2}wiki_2026112\dT020000Z\.tar\.zst {2}.* of 1\.0\d MB \(\d+ %\)/);
  expect(await screen.ended).toBe(0);
  expect(screen.lines().at(-1)).toContain("3 of 3 archives whole");
});

test("a drill shows what is drilled and for how long", async () => {
  const host = createDrillHost();
  await host.backUp("shop", sqliteApplication(host.directory, "shop"));
  expect((await host.archiver(["pull"])).exitCode).toBe(0);
  // It waits until the progress was seen, and then is the real one.
  const seen = join(host.directory, "seen");
  host.standIn(`while ! test -e ${seen}; do sleep 0.1; done; eval "exec $AGENT \\"\\$@\\""`);
  const screen = onScreen(host, ["drill", "--directory", host.drills], { environment: host.environment });
  const lines = await screen.waitUntil((shown) => /^all {2}0 of 1 applications/.test(shown.at(-1) ?? ""));
  expect(lines.at(-2)).toMatch(/^wiki01\/shop {2}shop_\d{8}T\d{6}Z\.tar\.zst {2}[\d.]+ kB {2}for [\d.]+ s$/);
  writeFileSync(seen, "");
  expect(await screen.ended).toBe(0);
  expect(existsSync(seen)).toBe(true);
  expect(screen.lines().filter((line) => line.startsWith("all "))).toEqual([]);
});
