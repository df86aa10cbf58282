import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acquireLock } from "@catapullt/core/lock";
import { run } from "@catapullt/core/process/run";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { expect, onTestFinished, test } from "vitest";
import { createBackupHost, filesBelow, filesOf } from "./backup-host.ts";
import { putArchive, type SampleArchive } from "./sample-archive.ts";
import { createVerifiableVault, flipByte, quarantine } from "./verifiable-vault.ts";
import { putWholeArchive } from "./whole-archive.ts";

test("proves whole archives, records it, and the list shows when", async () => {
  const { host, older, newer, jira } = await createVerifiableVault();

  const verify = await host.archiver(["verify"]);

  expect(verify).toMatchObject({ exitCode: 0 });
  for (const { name } of [older, newer, jira]) expect(verify.stdout).toMatch(new RegExp(`^whole .*${name}$`, "m"));
  expect(verify.stdout).toMatch(/3 of 3 archives whole; \d+(\.\d+)? kB in .*\/s\)\n$/);
  expect(host.report()).toMatchObject({ command: "verify", outcome: "success", failures: [], archives: [] });
  expect(host.receipts().filter(({ event }) => event === "verified")).toHaveLength(3);
  const list = JSON.parse((await host.archiver(["list", "--json"])).stdout);
  for (const entry of list) expect(entry.verified).toMatch(/^20\d\d-.*Z$/);
});

test.each<[string, (archive: SampleArchive) => void]>([
  ["cut off", ({ path, content }) => writeFileSync(path, content.subarray(0, content.length - 100))],
  ["emptied", ({ path }) => writeFileSync(path, "")],
  ["longer than it was", ({ path, content }) => writeFileSync(path, Buffer.concat([content, Buffer.alloc(512)]))],
])("finds an archive that is %s", async (_, damage) => {
  const { host, newer } = await createVerifiableVault();
  damage(newer);
  expect((await host.archiver(["verify"])).exitCode).toBe(1);
  expect(existsSync(join(quarantine(host), newer.name))).toBe(true);
});

test("finds an archive whose sum is right and whose content is not, and says when it is the last one", async () => {
  const host = createBackupHost();
  host.configure({});
  await putArchive(join(host.vault, "wiki01"));

  const verify = await host.archiver(["verify", "wiki01"]);

  expect(verify.exitCode).toBe(1);
  expect(verify.stderr).toContain("manifest.json");
  expect(verify.stderr).toContain("the vault holds no other archive of wiki: make a backup now");
  expect(readdirSync(quarantine(host))).toHaveLength(3);
});

test("leaves alone what it cannot judge: a damaged sidecar, an archive of a later release", async () => {
  const { host, directory, older, newer, jira } = await createVerifiableVault();
  writeFileSync(`${older.path}.sha1`, "x");
  const later = await putWholeArchive(directory, {
    application: "later",
    change: (manifest) => ({ ...manifest, schemaVersion: 2 }),
  });

  const verify = await host.archiver(["verify", "--json"]);

  expect(verify.exitCode).toBe(1);
  const failed = JSON.parse(verify.stdout).filter(({ result }: { result: string }) => result === "failed");
  expect(failed.map(({ name }: { name: string }) => name).sort()).toEqual([later.name, older.name].sort());
  expect(verify.stderr).toContain(`sha1sum ${older.name} > ${older.name}.sha1`);
  expect(verify.stderr).toContain("made by a later release");
  expect(filesBelow(directory)).toEqual(filesOf(jira, later, newer, older));
  expect(existsSync(quarantine(host))).toBe(false);
});

test("takes a sidecar that states another sum for the damaged one where the archive is as it arrived", async () => {
  const host = createBackupHost();
  host.configure({ wiki01: { type: "local", path: host.work } });
  const archive = await putWholeArchive(host.work);
  await host.archiver(["pull"]);
  const sidecar = join(host.vault, "wiki01", "wiki", `${archive.name}.sha1`);
  writeFileSync(sidecar, `${"0".repeat(40)}  ${archive.name}\n`);

  const verify = await host.archiver(["verify"]);

  expect(verify.exitCode).toBe(1);
  expect(verify.stderr).toContain("the sidecar of wiki01/wiki/");
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
});

test("does not move an archive that it may not read, and goes on where it cannot even look", async () => {
  const { host, directory, older, newer } = await createVerifiableVault();
  mkdirSync(join(host.vault, "closed"), { mode: 0o000 });
  chmodSync(newer.path, 0o000);
  chmodSync(`${older.path}.sha1`, 0o000);
  // root reads everything unless it gives up that right
  const drop = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : ["env"];
  const command = [...drop, process.execPath, programFile("archiver"), "--config", host.configFile, "verify"];

  const verify = await run(command[0] as string, command.slice(1), { environment: programEnvironment() });

  expect(verify.exitCode).toBe(1);
  expect(verify.errorOutput).toContain("permission denied");
  expect(verify.output.toString()).toMatch(/1 of 3 archives whole; 2 failed; hosts that could not be read: closed;/);
  expect(filesBelow(directory)).toHaveLength(6);
});

test("runs beside a pull, to whose end a damaged archive stays, and never beside another verify", async () => {
  const { host, newer, directory } = await createVerifiableVault();
  flipByte(newer);
  const own = join(host.vault, ".archiver");
  const pull = await acquireLock(own, "vault");
  try {
    const verify = await host.archiver(["verify"]);
    expect(verify.exitCode).toBe(1);
    expect(verify.stderr).toContain("it lies where it lay: another run holds the lock");
    expect(verify.stdout).toContain("2 of 3 archives whole; 1 failed");
    expect(filesBelow(directory)).toHaveLength(6);
  } finally {
    pull.release();
  }
  const other = await acquireLock(own, "verify");
  try {
    expect((await host.archiver(["verify"])).exitCode).toBe(4);
    expect(host.report()).toMatchObject({ outcome: "failure", failures: [{ code: "locked" }] });
  } finally {
    other.release();
  }
  const [first] = JSON.parse((await host.archiver(["verify", "--sample", "1", "--json"])).stdout);
  expect(first).toMatchObject({ name: newer.name, result: "quarantined" });
});

test("leaves out what was verified lately, and takes a part of the rest", async () => {
  const { host } = await createVerifiableVault();
  const verified = async (...args: string[]) => JSON.parse((await host.archiver(["verify", "--json", ...args])).stdout);

  const [first, ...none] = await verified("--sample", "30%");
  expect(none).toEqual([]);
  const rest = await verified("--since", "30d");
  expect(rest).toHaveLength(2);
  expect(rest).not.toContainEqual(expect.objectContaining({ application: first.application, name: first.name }));
  const again = await host.archiver(["verify", "--since", "30d"]);
  expect(again).toMatchObject({ exitCode: 0, stdout: "nothing to verify among 3 archives\n" });
  expect(await verified("wiki01", "--since", "0s", "--sample", "1", "--rate", "50MB")).toMatchObject([
    { application: first.application, name: first.name, result: "whole" },
  ]);
});

test("refuses options that it does not understand, and hosts that nobody knows", async () => {
  const { host } = await createVerifiableVault();
  for (const args of [["--since", "x"], ["--sample", "0"], ["--sample", "101%"], ["--rate", "50B"], ["nowhere"]])
    expect((await host.archiver(["verify", ...args])).exitCode).toBe(2);
  expect(host.receipts()).toEqual([]);
});

test("ends at once on SIGTERM, and keeps what it has proven until then", async () => {
  const { host } = await createVerifiableVault();
  await putWholeArchive(join(host.vault, "wiki01"), { application: "large", bytes: 600_000 });
  const args = [programFile("archiver"), "--config", host.configFile, "verify", "--rate", "1kB"];
  const child = spawn(process.execPath, args, { env: programEnvironment(), stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "close");
  // The first small archive takes ten seconds at this rate, a large one ten minutes.
  await expect.poll(() => existsSync(join(host.vault, ".archiver", "verify.holder")), { timeout: 20_000 }).toBe(true);
  child.kill("SIGTERM");

  expect(await ended).toEqual([143, null]);
  const proven = host.receipts().length;
  const rest = JSON.parse((await host.archiver(["verify", "--since", "1d", "--json"])).stdout);
  expect(rest).toHaveLength(4 - proven);
});
