import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acquireLock } from "@catapullt/core/lock";
import { run } from "@catapullt/core/process/run";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { expect, test } from "vitest";
import { type BackupHost, createBackupHost, filesBelow, filesOf } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";

async function setUp() {
  const host = createBackupHost();
  const archive = await putArchive(host.work, { bytes: 1_000_000 });
  host.configure({ wiki01: { type: "local", path: host.work } });
  return { host, archive };
}

/** Runs `archiver pull` where the vault is a file system of its own, made by `mount`; prints the vault's files last. */
async function pullInto(host: BackupHost, mount: string) {
  const script = `${mount}\n"$@"; code=$?; (cd "$VAULT" && find . -type f -not -path './.archiver/*' | sort); exit $code`;
  const command = [
    "sh",
    "-c",
    script,
    "sh",
    process.execPath,
    programFile("archiver"),
    "--config",
    host.configFile,
    "pull",
  ];
  const { exitCode, output, errorOutput } = await run(
    systemProgram("unshare"),
    ["--user", "--map-root-user", "--mount", ...command],
    { environment: programEnvironment({ VAULT: host.vault }) },
  );
  return { exitCode, stdout: output.toString(), stderr: errorOutput };
}

test("refuses an archive that the vault has no room for, says how much is missing, and fetches the smaller ones", async () => {
  const { host, archive } = await setUp();
  const small = await putArchive(host.work, { application: "jira", bytes: 1_000 });

  const pull = await pullInto(host, 'mount -t tmpfs -o size=512k tmpfs "$VAULT"');

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toMatch(
    new RegExp(`${archive.name} needs 1\\.00 MB, and the vault ${host.vault} has \\d+ kB left`),
  );
  expect(pull.stderr).toContain("code=vault-full");
  expect(pull.stdout).toContain(`./wiki01/jira/${small.name}.sha1`);
  expect(pull.stdout).not.toContain("./wiki01/wiki/");
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});

test("removes what it has fetched where the vault is full before the sidecar is written", async () => {
  const { host, archive } = await setUp();
  const page = 4096;
  // Room for the archive itself, the note beside it and the lock's holder, and for nothing more.
  const size = (Math.ceil(archive.content.length / page) + 2) * page;

  const pull = await pullInto(host, `mount -t tmpfs -o size=${size} tmpfs "$VAULT"`);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("no space left for");
  expect(pull.stderr).toContain("code=vault-full");
  expect(pull.stdout).not.toContain("./wiki01/");
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});

test("says so where the vault is mounted read-only", async () => {
  const { host, archive } = await setUp();

  const pull = await pullInto(host, 'mount -t tmpfs tmpfs "$VAULT"; mount -o remount,ro "$VAULT"');

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("code=vault-unusable");
  expect(pull.stderr).toContain("read-only");
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});

test("does not make a vault that is missing, since its disk may not be mounted", async () => {
  const { host, archive } = await setUp();
  rmSync(host.vault, { recursive: true });

  for (const command of [["pull"], ["pull", "--dry-run"], ["list"]]) {
    const result = await host.archiver(command);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`the vault ${host.vault} does not exist`);
    expect(result.stderr).toContain(`mkdir -m 750 ${host.vault}`);
  }
  expect(existsSync(host.vault)).toBe(false);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  expect(host.report()).toMatchObject({ outcome: "failure", failures: [{ code: "vault-unusable" }] });
});

test("ends with 4 and does nothing while another run holds the vault", async () => {
  const { host, archive } = await setUp();
  const lock = await acquireLock(join(host.vault, ".archiver"), "vault");
  try {
    const pull = await host.archiver(["pull"]);
    expect(pull.exitCode).toBe(4);
    expect(pull.stderr).toContain(`process ${process.pid}`);
    expect(filesBelow(host.work)).toEqual(filesOf(archive));
    expect(host.report()).toMatchObject({ outcome: "failure", failures: [{ code: "locked" }] });
    expect((await host.archiver(["pull", "--dry-run"])).exitCode).toBe(0);
  } finally {
    lock.release();
  }
  expect((await host.archiver(["pull"])).exitCode).toBe(0);
});

test("lists an empty vault, and foreign files and unfinished archives nowhere", async () => {
  const { host } = await setUp();
  expect(await host.archiver(["list"])).toMatchObject({ exitCode: 0, stdout: `no archives in ${host.vault}\n` });
  expect(await host.archiver(["list", "--json"])).toMatchObject({ exitCode: 0, stdout: "[]\n" });

  const directory = join(host.vault, "wiki01", "wiki");
  mkdirSync(directory, { recursive: true });
  for (const name of [
    "notes.txt",
    ".wiki_20261123T020000Z.tar.zst.part",
    "wiki_20261123T020000Z.tar.zst",
    "wiki_20261122T020000Z.tar.zst.sha1",
  ])
    writeFileSync(join(directory, name), "x");
  writeFileSync(join(host.vault, "lost+found"), "x");
  expect(await host.archiver(["list", "--json"])).toMatchObject({ exitCode: 0, stdout: "[]\n" });
});

test("lists archives that were put into the vault by hand, with null for what is not known", async () => {
  const { host } = await setUp();
  const archive = await putArchive(join(host.vault, "retired"), { application: "jira" });

  const list = await host.archiver(["list", "retired", "--json"]);

  expect(JSON.parse(list.stdout)).toMatchObject([
    { host: "retired", application: "jira", name: archive.name, version: null, verified: null, proven: null },
  ]);
});

test("still lists what the vault holds where the receipts are cut off, and adds to them on a line of their own", async () => {
  const { host, archive } = await setUp();
  mkdirSync(join(host.vault, ".archiver"));
  writeFileSync(join(host.vault, ".archiver", "receipts.jsonl"), '{"event":"stored","at":"2026-');

  expect((await host.archiver(["pull"])).exitCode).toBe(0);

  const list = await host.archiver(["list", "--json"]);
  expect(JSON.parse(list.stdout)).toMatchObject([{ name: archive.name, verified: expect.any(String) }]);
});

test("makes its directories and files closed to others whatever the umask", async () => {
  const { host, archive } = await setUp();
  chmodSync(host.work, 0o777);
  const script = `umask 000; exec "$@"`;
  const command = ["-c", script, "sh", process.execPath, programFile("archiver"), "--config", host.configFile, "pull"];
  expect((await run("sh", command, { environment: programEnvironment() })).exitCode).toBe(0);

  const { output } = await run("find", [host.vault, "-mindepth", "1", "-not", "-name", "vault.lock", "-perm", "/007"]);
  expect(output.toString()).toBe("");
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
});
