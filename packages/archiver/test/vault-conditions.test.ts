import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acquireLock } from "@catapullt/core/lock";
import { expect, onTestFinished, test } from "vitest";
import { type BackupHost, createBackupHost, filesBelow } from "./backup-host.ts";
import { archiverAfter, fullVault, readOnlyVault } from "./mounted-vault.ts";
import { putWholeArchive } from "./whole-archive.ts";

const dayMilliseconds = 86_400_000;

/** A vault with three archives, the oldest of which the retention does not keep, and a fourth at the host. */
async function createVault(): Promise<BackupHost> {
  const host = createBackupHost();
  const put = (daysAgo: number) =>
    putWholeArchive(host.work, { bytes: 2000, time: new Date(Date.now() - daysAgo * dayMilliseconds).toISOString() });
  const expected = { wiki: { every: "24h", grace: "4h" } };
  host.configure({ wiki01: { type: "local", path: host.work, expect: expected } }, { retention: { last: 2 } });
  for (const daysAgo of [3, 2, 1]) await put(daysAgo);
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  await put(0.01);
  return host;
}

const changing = ["pull", "prune", "verify", "catalog rebuild", "rename wiki01 wiki02"];
const looking = ["list", "history", "check", "prune --dry-run", "pull --dry-run"];

test.each(changing)("a vault on a read-only file system: %s changes nothing and says so", async (command) => {
  const args = command.split(" ");
  const host = await createVault();
  if (command.startsWith("rename")) host.configure({});
  const before = [filesBelow(host.vault), filesBelow(host.work)];
  const result = await archiverAfter(readOnlyVault, host, args);
  expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("read-only") });
  expect(result.stderr).toContain("code=vault-unusable");
  expect([filesBelow(host.vault), filesBelow(host.work)]).toEqual(before);
});

test.each(looking)("a vault on a read-only file system: %s answers all the same", async (command) => {
  const args = command.split(" ");
  const host = await createVault();
  const writable = await host.archiver(args);
  const readOnly = await archiverAfter(readOnlyVault, host, args);
  const withoutSpace = (text: string) => text.replace(/^space: .* free/m, ""); // others on this machine write, too
  expect(readOnly.exitCode).toBe(writable.exitCode);
  expect(withoutSpace(readOnly.stdout)).toBe(withoutSpace(writable.stdout));
});

test.each(looking)("a vault that is full: %s answers all the same", async (command) => {
  const args = command.split(" ");
  const host = await createVault();
  const roomy = await host.archiver([...args, "--json"]);
  const full = await archiverAfter(fullVault, host, [...args, "--json"]);
  if (command === "check") {
    expect(JSON.parse(full.stdout).findings).toContainEqual(expect.objectContaining({ kind: "space" }));
  } else expect(full).toMatchObject({ exitCode: roomy.exitCode, stdout: roomy.stdout });
});

test("a vault that is full takes no archive, which stays at its host", async () => {
  const host = await createVault();
  const before = filesBelow(host.work);
  const { exitCode, stderr } = await archiverAfter(fullVault, host, ["pull"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("code=vault-full");
  expect(filesBelow(host.work)).toEqual(before);
});

test.each([...changing, ...looking])("a vault that is not mounted: %s", async (command) => {
  const host = await createVault();
  renameSync(host.vault, `${host.vault}.elsewhere`);
  const { exitCode, stdout, stderr } = await host.archiver(command.replace("wiki01", "wiki03").split(" "));
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toContain(`the vault ${host.vault} does not exist`);
  expect(stderr).toContain("Mount it");
});

test("a vault that was moved goes on at its new path, with all that is known", async () => {
  const host = await createVault();
  const answers = () =>
    Promise.all(
      [
        ["list", "--json"],
        ["history", "--json"],
      ].map((args) => host.archiver(args)),
    );
  const before = await answers();
  const moved = `${host.vault}.moved`;
  renameSync(host.vault, moved);
  host.configure({ wiki01: { type: "local", path: host.work } }, { vault: moved, retention: { last: 2 } });
  expect(await answers()).toEqual(before);
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  expect(await host.archiver(["prune"])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("2 removed") });
});

test.each(changing.filter((command) => command !== "verify"))(
  "two archivers on one vault: %s waits for another night",
  async (command) => {
    const args = command.split(" ");
    const host = await createVault();
    if (command.startsWith("rename")) host.configure({});
    const lock = await acquireLock(join(host.vault, ".archiver"), "vault");
    onTestFinished(() => lock.release());
    const before = filesBelow(host.vault);
    const { exitCode, stderr } = await host.archiver(args);
    expect(exitCode).toBe(4);
    expect(stderr).toContain("code=locked");
    expect(filesBelow(host.vault)).toEqual(before);
  },
);

test("two archivers on one vault: both may look, also while the catalog is made", async () => {
  const host = await createVault();
  rmSync(join(host.vault, ".archiver", "catalog.sqlite"), { force: true });
  const results = await Promise.all(Array.from({ length: 4 }, () => host.archiver(["list", "--json"])));
  expect(new Set(results.map(({ exitCode, stdout }) => `${exitCode}${stdout}`)).size).toBe(1);
  expect(results[0]).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(results[0]?.stdout ?? "")).toHaveLength(3);
});

test("files put into the vault by hand are never removed, and check says what to do with them", async () => {
  const host = await createVault();
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  const place = join(host.vault, "wiki01", "wiki");
  const copied = await putWholeArchive(join(host.vault, "wiki01"), { time: "2020-01-01T00:00:00Z" });
  const unsealed = "wiki_20200102T000000Z.tar.zst";
  writeFileSync(join(place, unsealed), "no sidecar");
  writeFileSync(join(place, "notes.txt"), "mine");
  writeFileSync(join(host.vault, "README"), "mine");
  mkdirSync(join(host.vault, "wiki01", "Not an application"));

  expect(await host.archiver(["prune"])).toMatchObject({ exitCode: 0 });
  const names = readdirSync(place);
  for (const name of [copied.name, `${copied.name}.sha1`, unsealed, "notes.txt"]) expect(names).toContain(name);
  const check = await host.archiver(["check"]);
  expect(check.stdout).toContain(unsealed);
  expect(check.stdout).toContain("notes.txt");

  expect(await host.archiver(["verify"])).toMatchObject({ exitCode: 0 });
  const prune = await host.archiver(["prune"]);
  expect(prune.stdout).toContain(copied.name);
  expect(readdirSync(place)).not.toContain(copied.name);
});

test("a host that was renamed in the configuration: check names the command that renames it in the vault", async () => {
  const host = await createVault();
  const settings = { type: "local", path: host.work, expect: { wiki: { every: "24h", grace: "4h" } } };
  host.configure({ wiki02: settings }, { retention: { last: 2 } });
  const check = await host.archiver(["check"]);
  expect(check.exitCode).toBe(1);
  expect(check.stdout).toContain("archiver rename wiki01 wiki02");
  expect(await host.archiver(["rename", "wiki01", "wiki02"])).toMatchObject({ exitCode: 0 });
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  const after = await host.archiver(["check", "--json"]);
  expect(JSON.parse(after.stdout)).toMatchObject({ healthy: true, findings: [] });
  const history = JSON.parse((await host.archiver(["history", "--json"])).stdout);
  expect(history.map((entry: { host: string }) => entry.host)).toEqual(["wiki02", "wiki02", "wiki02", "wiki02"]);
});
