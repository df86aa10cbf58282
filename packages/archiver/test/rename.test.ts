import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type BackupHost, createBackupHost, filesBelow, filesOf } from "./backup-host.ts";
import { putWholeArchive } from "./whole-archive.ts";

const local = (path: string) => ({ type: "local", path });

/** Pulls a first backup as `old`, and leaves the configuration with `new` alone. */
async function pulledAsOld(backupHost: BackupHost) {
  const first = await putWholeArchive(backupHost.work, { time: "2026-11-22T02:00:00Z" });
  backupHost.configure({ old: local(backupHost.work) });
  expect(await backupHost.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  backupHost.configure({ new: local(backupHost.work) });
  return first;
}

async function listed(backupHost: BackupHost) {
  const { stdout } = await backupHost.archiver(["list", "--json"]);
  return JSON.parse(stdout) as { host: string; name: string; version: string | null; verified: string | null }[];
}

test("takes archives along with all that is known of them", async () => {
  const backupHost = createBackupHost();
  const archive = await pulledAsOld(backupHost);
  const [before] = await listed(backupHost);
  const result = await backupHost.archiver(["rename", "old", "new"]);
  expect(result).toMatchObject({
    exitCode: 0,
    stdout: "old is new from now on: 1 archive, with all that is known of them\n",
  });
  expect(filesBelow(backupHost.vault)).toEqual(filesOf(archive).map((file) => `new/${file}`));
  expect(await listed(backupHost)).toEqual([{ ...before, host: "new" }]);
  expect(readdirSync(join(backupHost.vault, ".archiver", "hosts"))).toEqual(["new.json"]);
  expect(before?.verified).not.toBeNull();
});

test("joins what was pulled under the new name already", async () => {
  const backupHost = createBackupHost();
  const first = await pulledAsOld(backupHost);
  const second = await putWholeArchive(backupHost.work, { time: "2026-11-23T02:00:00Z" });
  expect(await backupHost.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  expect(await backupHost.archiver(["rename", "old", "new"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(backupHost.vault)).toEqual(filesOf(first, second).map((file) => `new/${file}`));
  const entries = await listed(backupHost);
  expect(entries.map(({ host, name }) => `${host}/${name}`)).toEqual([`new/${second.name}`, `new/${first.name}`]);
  expect(entries.every(({ verified, version }) => verified !== null && version === "7.19.4")).toBe(true);
});

test("goes on where it was cut off", async () => {
  const backupHost = createBackupHost();
  const { application, name } = await pulledAsOld(backupHost);
  const { vault } = backupHost;
  expect(await backupHost.archiver(["rename", "old", "new"])).toMatchObject({ exitCode: 0 });
  mkdirSync(join(vault, "old", application), { recursive: true });
  renameSync(join(vault, "new", application, `${name}.sha1`), join(vault, "old", application, `${name}.sha1`));
  expect(await backupHost.archiver(["rename", "old", "new"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(vault)).toEqual([`new/${application}/${name}`, `new/${application}/${name}.sha1`]);
  expect(await listed(backupHost)).toMatchObject([{ host: "new", version: "7.19.4", verified: expect.any(String) }]);
});

test("moves nothing where both have a file of one name", async () => {
  const backupHost = createBackupHost();
  const { application, name } = await pulledAsOld(backupHost);
  mkdirSync(join(backupHost.vault, "new", application), { recursive: true });
  writeFileSync(join(backupHost.vault, "new", application, name), "another");
  const before = filesBelow(backupHost.vault);
  const result = await backupHost.archiver(["rename", "old", "new"]);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain(`old and new both have ${application}/${name} in the vault`);
  expect(filesBelow(backupHost.vault)).toEqual(before);
  expect(backupHost.receipts().some(({ event }) => event === "renamed")).toBe(false);
});

test("takes along what lies in quarantine", async () => {
  const backupHost = createBackupHost();
  const { application, name } = await pulledAsOld(backupHost);
  writeFileSync(join(backupHost.vault, "old", application, name), "damaged");
  expect(await backupHost.archiver(["verify"])).toMatchObject({ exitCode: 1 });
  expect(await backupHost.archiver(["rename", "old", "new"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(join(backupHost.vault, ".archiver", "quarantine"))).toContain(`new/${application}/${name}`);
});

test.each([
  [["rename", "old", "old"], 2, "old is called that already"],
  [["rename", "old", "../new"], 2, '"../new" cannot be the name of a host'],
  [["rename", "odl", "new"], 2, 'no host is called "odl" (did you mean "old"?)'],
  [["rename", "old"], 2, "missing required argument"],
])("refuses %j", async (args, exitCode, message) => {
  const backupHost = createBackupHost();
  await pulledAsOld(backupHost);
  const result = await backupHost.archiver(args);
  expect(result.stderr).toContain(message);
  expect(result.exitCode).toBe(exitCode);
});

test("refuses a host that is still configured", async () => {
  const backupHost = createBackupHost();
  await pulledAsOld(backupHost);
  backupHost.configure({ old: local(backupHost.work) });
  const result = await backupHost.archiver(["rename", "old", "new"]);
  expect(result).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("rename it below `hosts:`") });
});

test("says so where the new name is not configured", async () => {
  const backupHost = createBackupHost();
  await pulledAsOld(backupHost);
  rmSync(backupHost.configFile);
  backupHost.configure({});
  const result = await backupHost.archiver(["rename", "old", "newer"]);
  expect(result).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("newer is not configured") });
});
