import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acquireLock } from "@catapullt/core/lock";
import { run } from "@catapullt/core/process/run";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { createRandom } from "@catapullt/testkit/random";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { expect, onTestFinished, test } from "vitest";
import { type BackupHost, createBackupHost, filesBelow, filesOf } from "./backup-host.ts";
import { fillVault } from "./prune-vault.ts";
import { type SampleArchive, sha1Of } from "./sample-archive.ts";

function createHost(retention: object, hosts: Record<string, object> = {}): BackupHost {
  const host = createBackupHost();
  host.configure({ wiki01: { type: "local", path: host.work }, ...hosts }, { retention });
  return host;
}

function prunedNames(host: BackupHost): string[] {
  return host
    .receipts()
    .filter(({ event }) => event === "pruned")
    .map(({ name }) => name);
}

/** Runs `archiver prune` where `mount` has prepared the file system, in a mount namespace of its own. */
async function pruneAfter(host: BackupHost, mount: string) {
  const program = [process.execPath, programFile("archiver"), "--config", host.configFile, "prune"];
  const { exitCode, output, errorOutput } = await run(
    systemProgram("unshare"),
    ["--user", "--map-root-user", "--mount", "sh", "-ec", `${mount}\nexec "$@"`, "sh", ...program],
    { environment: programEnvironment({ VAULT: host.vault }) },
  );
  return { exitCode, stdout: output.toString(), stderr: errorOutput };
}

test("removes what no rule keeps with its sidecar, records each removal, and leaves everything else alone", async () => {
  const host = createHost({ last: 2 });
  const [newest, second, third, fourth] = (await fillVault(host, [0.1, 1, 2, 3])) as [
    SampleArchive,
    SampleArchive,
    SampleArchive,
    SampleArchive,
  ];
  const unverified = await fillVault(host, [9], { verified: false });
  const place = join(host.vault, "wiki01", "wiki");
  const foreign = ["notes.txt", "wiki_20200101T000000Z.tar.zst", ".wiki_20200102T000000Z.tar.zst.part"];
  for (const name of foreign) writeFileSync(join(place, name), "foreign");
  const before = filesBelow(host.vault);

  const dryRun = await host.archiver(["prune", "--dry-run", "--json"]);
  expect(dryRun.exitCode).toBe(0);
  expect(JSON.parse(dryRun.stdout)).toEqual(
    [
      [newest, "keep", ["newest good archive", "last"]],
      [second, "keep", ["last"]],
      [third, "remove", ["no rule keeps it"]],
      [fourth, "remove", ["no rule keeps it"]],
      [unverified[0], "keep", ["not verified yet"]],
    ].map(([archive, action, reasons]) => ({
      host: "wiki01",
      application: "wiki",
      name: (archive as SampleArchive).name,
      action,
      reasons,
    })),
  );
  expect(filesBelow(host.vault)).toEqual(before);
  expect(prunedNames(host)).toEqual([]);
  expect((await host.archiver(["prune", "--dry-run"])).stdout).toMatch(/2 to remove \(.*\), 3 kept\n$/);

  const prune = await host.archiver(["prune"]);

  expect(prune).toMatchObject({ exitCode: 0 });
  expect(prune.stdout).toMatch(new RegExp(`remove +wiki01 +wiki +${third.name} +.* no rule keeps it`));
  expect(prune.stdout).not.toContain(newest.name);
  expect(prune.stdout).toMatch(/2 removed \(.*\), 3 kept\n$/);
  expect(filesBelow(place)).toEqual(
    [...[newest, second, ...unverified].flatMap(({ name }) => [name, `${name}.sha1`]), ...foreign].sort(),
  );
  expect(host.receipts().filter(({ event }) => event === "pruned")).toEqual(
    [third, fourth].map(({ name, sha1, content }) => ({
      event: "pruned",
      at: expect.any(String),
      host: "wiki01",
      application: "wiki",
      name,
      bytes: content.length,
      sha1,
      reasons: ["no rule keeps it"],
    })),
  );
  expect(host.report()).toMatchObject({ command: "prune", outcome: "success", failures: [], warnings: [] });

  expect((await host.archiver(["prune"])).stdout).toBe(`0 removed (0 B), 3 kept\n`);
  expect(prunedNames(host)).toHaveLength(2);
});

test("removes nothing by an empty policy or while a backup is overdue, and warns", async () => {
  const host = createHost({});
  const archives = await fillVault(host, [3, 4]);
  const settings = { type: "local", path: host.work };

  expect((await host.archiver(["prune"])).stderr).toContain("`retention` has no rules, so nothing is removed");
  expect(host.report()).toMatchObject({ outcome: "warning", warnings: [expect.stringContaining("no rules")] });

  host.configure({ wiki01: { ...settings, expect: { wiki: { every: "24h" } } } }, { retention: { last: 1 } });
  const late = await host.archiver(["prune"]);
  expect(late).toMatchObject({ exitCode: 0 });
  expect(late.stderr).toContain("wiki01: nothing of wiki is removed: its backup is overdue, the newest one is 3 d old");
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(...archives));

  host.configure({ wiki01: { ...settings, expect: { wiki: { every: "7d" } } } }, { retention: { last: 1 } });
  expect((await host.archiver(["prune"])).exitCode).toBe(0);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(...archives.slice(0, 1)));
});

test("looks at the hosts that are named only, and at one that is not configured any more only if it is", async () => {
  const host = createHost({ last: 1 }, { wiki02: { type: "local", path: "/nonexistent" } });
  const kept: SampleArchive[] = [];
  for (const name of ["wiki01", "wiki02", "old01"])
    kept.push(...(await fillVault(host, [1, 2], { host: name })).slice(0, 1));

  expect((await host.archiver(["prune", "wiki01"])).exitCode).toBe(0);
  expect(["wiki01", "wiki02", "old01"].map((name) => filesBelow(join(host.vault, name)).length)).toEqual([2, 4, 4]);
  expect((await host.archiver(["prune"])).exitCode).toBe(0);
  expect(["wiki02", "old01"].map((name) => filesBelow(join(host.vault, name)).length)).toEqual([2, 4]);
  expect((await host.archiver(["prune", "old01"])).exitCode).toBe(0);
  expect(filesBelow(host.vault)).toEqual(
    ["wiki01", "wiki02", "old01"]
      .flatMap((name, index) => filesOf(kept[index] as SampleArchive).map((file) => join(name, file)))
      .sort(),
  );

  const unknown = await host.archiver(["prune", "wiki3"]);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('no host is called "wiki3"');
});

test("ends with 4 and removes nothing while another run holds the vault", async () => {
  const host = createHost({ last: 1 });
  const archives = await fillVault(host, [1, 2]);
  const lock = await acquireLock(join(host.vault, ".archiver"), "vault");
  try {
    expect((await host.archiver(["prune"])).exitCode).toBe(4);
    expect(host.report()).toMatchObject({ outcome: "failure", failures: [{ code: "locked" }] });
    expect((await host.archiver(["prune", "--dry-run"])).exitCode).toBe(0);
    expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(...archives));
  } finally {
    lock.release();
  }
});

test("says so where the vault is missing, and does not make it", async () => {
  const host = createHost({ last: 1 });
  rmSync(host.vault, { recursive: true });
  for (const args of [["prune"], ["prune", "--dry-run"]]) {
    const { exitCode, stderr } = await host.archiver(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`the vault ${host.vault} does not exist`);
  }
  expect(existsSync(host.vault)).toBe(false);
});

test("says so where the vault is mounted read-only", async () => {
  const host = createHost({ last: 1 });
  const archives = await fillVault(host, [1, 2]);

  const { exitCode, stderr } = await pruneAfter(
    host,
    'mount --bind "$VAULT" "$VAULT"; mount -o remount,bind,ro "$VAULT"',
  );

  expect(exitCode).toBe(1);
  expect(stderr).toContain("read-only");
  expect(stderr).toContain("code=vault-unusable");
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(...archives));
});

test("goes on with the others where an application's archives cannot be removed, and ends with 1", async () => {
  const host = createHost({ last: 1 }, { jira01: { type: "local", path: "/nonexistent" } });
  const jira = { host: "jira01", application: "jira" };
  const kept = (await fillVault(host, [1, 2, 3], jira)).concat(await fillVault(host, [1, 2]));

  const { exitCode, stdout, stderr } = await pruneAfter(
    host,
    'mount --bind "$VAULT/jira01/jira" "$VAULT/jira01/jira"; mount -o remount,bind,ro "$VAULT/jira01/jira"',
  );

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/jira01: the vault cannot be used at .*read-only/);
  expect(stdout).toMatch(/1 removed \(.*\), 4 kept\nfailed: jira01\n$/);
  expect(filesBelow(join(host.vault, "jira01"))).toEqual(filesOf(...kept.slice(0, 3)));
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(...kept.slice(3, 4)));
});

test.each([
  ["record", "receipts.jsonl", "vault.lock vault.holder"],
  ["hold the vault for", ".archiver", "vault.lock"],
])(
  "removes nothing that it cannot %s in a vault that is full to the last byte, and tells the way out",
  async (_, file, present) => {
    const host = createHost({ last: 1 });
    const archives = await fillVault(host, [1, 2]);

    // The journal ends at the end of a page, on a file system without another one.
    const { exitCode, stderr } = await pruneAfter(
      host,
      `cp "$VAULT/.archiver/receipts.jsonl" "$VAULT/../receipts.jsonl"
mount -t tmpfs -o size=64k tmpfs "$VAULT/.archiver"
cd "$VAULT/.archiver"
cp "$VAULT/../receipts.jsonl" .
truncate -s 4095 receipts.jsonl
echo >>receipts.jsonl
for name in ${present}; do echo >"$name"; done
dd if=/dev/zero of=filling bs=4096 2>/dev/null || true`,
    );

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`no space left for .*${file} code=vault-full`));
    expect(stderr).toContain(
      "not even a removal can be recorded: move one old archive and its sidecar to another disk",
    );
    expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(...archives));
  },
);

test("finishes what a run left that ended after the record, or between the sidecar and the archive", async () => {
  const host = createHost({ last: 1 });
  const [kept, damaged, recorded, half] = (await fillVault(host, [1, 2, 3, 4])) as [
    SampleArchive,
    SampleArchive,
    SampleArchive,
    SampleArchive,
  ];
  const at = new Date().toISOString();
  for (const { name, content, sha1 } of [recorded, half, damaged]) {
    const receipt = { event: "pruned", at, host: "wiki01", application: "wiki", name, bytes: content.length, sha1 };
    appendFileSync(
      join(host.vault, ".archiver", "receipts.jsonl"),
      `${JSON.stringify({ ...receipt, reasons: ["no rule keeps it"] })}\n`,
    );
  }
  for (const { path } of [half, damaged]) rmSync(`${path}.sha1`);
  writeFileSync(damaged.path, Buffer.alloc(damaged.content.length));

  const dryRun = await host.archiver(["prune", "--dry-run"]);
  expect(dryRun.stdout).toMatch(new RegExp(`remove .*${half.name} .* its removal was interrupted`));
  const prune = await host.archiver(["prune"]);

  expect(prune.exitCode).toBe(1);
  expect(prune.stderr).toContain(`wiki/${damaged.name} lies in the vault without a sidecar and is not the archive`);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual([...filesOf(kept), `wiki/${damaged.name}`].sort());
  expect(prunedNames(host).filter((name) => name === half.name)).toHaveLength(1);
});

test("takes the sidecar away first: an archive that cannot be removed after it is no finished one, and goes next time", async () => {
  const host = createHost({ last: 1 });
  const [kept, old] = (await fillVault(host, [1, 2])) as [SampleArchive, SampleArchive];
  const prune = (blocked: string) => pruneAfter(host, `mount --bind "${blocked}" "${blocked}"`);

  expect((await prune(`${old.path}.sha1`)).stderr).toContain("EBUSY");
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(kept, old));
  const half = await prune(old.path);
  expect(half.exitCode).toBe(1);
  expect(half.stderr).toContain(`the vault cannot be used at ${old.path}: EBUSY`);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual([...filesOf(kept), `wiki/${old.name}`].sort());

  const next = await host.archiver(["prune"]);
  expect(next).toMatchObject({ exitCode: 0 });
  expect(next.stdout).toMatch(new RegExp(`${old.name} .* its removal was interrupted`));
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(kept));
});

test("SIGKILL at any instant leaves nothing that looks finished and is wrong, and the next run finishes it", async () => {
  const host = createHost({ last: 1 });
  const random = createRandom(7);
  const program = [programFile("archiver"), "--config", host.configFile, "prune"];
  const ages = Array.from({ length: 30 }, (_, index) => index + 1);
  let cutShort = 0;
  for (let round = 0; round < 5; round += 1) {
    rmSync(join(host.vault, "wiki01"), { recursive: true, force: true });
    const archives = await fillVault(host, ages);
    const pruned = prunedNames(host).length;
    const child = spawn(process.execPath, program, { env: programEnvironment(), stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "close");
    const limit = pruned + Math.floor(random() * 20) + 1;
    await expect.poll(() => prunedNames(host).length, { timeout: 20_000, interval: 1 }).toBeGreaterThanOrEqual(limit);
    child.kill("SIGKILL");
    await ended;

    const left = new Set(filesBelow(join(host.vault, "wiki01")));
    if (left.size > 2) cutShort += 1;
    const recorded = new Set(prunedNames(host).slice(pruned));
    for (const { name, path, sha1 } of archives) {
      if (left.has(`wiki/${name}.sha1`)) expect(sha1Of(readFileSync(path))).toBe(sha1);
      if (!left.has(`wiki/${name}`)) expect(recorded).toContain(name);
    }
    expect(await host.archiver(["prune"])).toMatchObject({ exitCode: 0 });
    expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(...archives.slice(0, 1)));
  }
  expect(cutShort).toBeGreaterThan(0);
}, 90_000);
