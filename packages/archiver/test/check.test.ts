import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatArchiveTime } from "@catapullt/core/archive/name";
import { describe, expect, test } from "vitest";
import { type BackupHost, createBackupHost } from "./backup-host.ts";
import { fillVault } from "./prune-vault.ts";
import { putArchive } from "./sample-archive.ts";
import { flipByte } from "./verifiable-vault.ts";
import { putWholeArchive } from "./whole-archive.ts";

const daily = { every: "24h", grace: "4h" };

function createHost(expect: object = { wiki: daily }, more: object = {}): BackupHost {
  const host = createBackupHost();
  host.configure({ wiki01: { type: "local", path: host.work, expect } }, more);
  return host;
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

async function pull(host: BackupHost): Promise<void> {
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
}

interface Checked {
  healthy: boolean;
  findings: { host: string; application: string; kind: string; message: string }[];
  applications: { application: string; state: string; stages: Record<string, string | null>; missing: string | null }[];
  space: { freeBytes: number; growthPerDay: number | null; daysLeft: number | null } | null;
  notes: string[];
}

async function check(host: BackupHost, ...args: string[]): Promise<Checked & { exitCode: number | undefined }> {
  const { stdout, stderr, exitCode } = await host.archiver(["check", "--json", ...args]);
  expect(stdout, stderr).not.toBe("");
  return { ...(JSON.parse(stdout) as Checked), exitCode };
}

const kinds = ({ findings }: Checked) => findings.map(({ kind, message }) => `${kind}: ${message}`);

function changeSighting(host: BackupHost, change: object): void {
  const file = join(host.vault, ".archiver", "hosts", "wiki01.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...change }));
}

test("is healthy after a fresh backup was pulled, and shows how it came here", async () => {
  const host = createHost();
  const { name } = await putWholeArchive(host.work, { time: daysAgo(0.1).toISOString() });
  await pull(host);

  const run = await host.archiver(["check"]);

  expect(run).toMatchObject({ exitCode: 0 });
  expect(run.stdout).toMatch(
    /^HOST +APPLICATION +STATE +NEWEST +SIZE +EXPECTED +RAN +FINISHED +PULLED +VERIFIED +PROVEN\n/,
  );
  expect(run.stdout).toMatch(/\nwiki01 +wiki +ok +\d\d-\d\d \d\d:\d\d .* -\n/);
  expect(run.stdout).toMatch(/\nspace: .* free; how fast the vault grows is known after a week\nhealthy\n$/);
  expect(host.report()).toMatchObject({ command: "check", outcome: "success", failures: [], warnings: [] });
  const found = await check(host);
  expect(found).toMatchObject({ healthy: true, findings: [], notes: [], exitCode: 0 });
  expect(found.applications).toMatchObject([
    {
      host: "wiki01",
      application: "wiki",
      state: "ok",
      isExpected: true,
      missing: null,
      name,
      bytes: expect.any(Number),
    },
  ]);
  expect(found.applications[0]?.stages).toMatchObject({ verified: expect.any(String), proven: null });
});

test("tells of each backup that is not here, of the cause, and of all in the report", async () => {
  const host = createHost({ wiki: daily, jira: { schedule: "0 2 * * *" } });
  await putWholeArchive(host.work, { time: daysAgo(3).toISOString() });
  await pull(host);

  const run = await host.archiver(["check"]);

  expect(run).toMatchObject({ exitCode: 1 });
  expect(run.stdout).toMatch(
    /\nwiki01\/jira: missing: never: nothing of it has come into the vault \(expected .*\): nothing of jira lies/,
  );
  expect(run.stdout).toMatch(
    /\nwiki01\/wiki: stale: no backup since .* UTC \(expected .* UTC\): the agent has left no trace of a run/,
  );
  expect(run.stdout).toMatch(/\n2 findings\n$/);
  expect(host.report()).toMatchObject({
    outcome: "failure",
    failures: [
      { subject: "wiki01/jira", code: "missing", message: expect.stringContaining("never") },
      { subject: "wiki01/wiki", code: "stale", message: expect.stringContaining("no backup since") },
    ],
  });
  expect(await check(host, "--application", "jira")).toMatchObject({
    findings: [{ application: "jira" }],
    space: null,
  });
});

test("names what the agent said of its last run", async () => {
  const host = createHost();
  await putWholeArchive(host.work, { time: daysAgo(3).toISOString() });
  const lastRun = {
    schemaVersion: 1,
    application: "wiki",
    state: "failed",
    startedAt: daysAgo(0.2).toISOString(),
    endedAt: daysAgo(0.2).toISOString(),
    archive: null,
    failure: { code: "database-denied", message: "the server refuses\u001b[2J the password" },
  };
  writeFileSync(join(host.work, "wiki", ".last-run.json"), JSON.stringify(lastRun));
  await pull(host);
  const { stdout } = await host.archiver(["check"]);
  expect(stdout).toMatch(
    /the agent ran at .* and failed: database-denied: the server refuses\\u001b\[2J the password\n/,
  );
});

test("names an archive that is not what its sidecar says, and a host that cannot be read", async () => {
  const host = createHost();
  const good = await putWholeArchive(host.work, { time: daysAgo(2).toISOString() });
  await pull(host);
  const bad = await putWholeArchive(host.work, { time: daysAgo(0.1).toISOString() });
  flipByte(bad);
  expect((await host.archiver(["pull"])).exitCode).toBe(1);
  const refused = await check(host);
  expect(kinds(refused)).toEqual([
    expect.stringMatching(new RegExp(`^stale: no backup since .*: finished at the host but not pulled: ${bad.name}: `)),
  ]);
  expect(refused.applications).toMatchObject([{ missing: "pulled", name: good.name }]);

  renameSync(host.work, `${host.work}.away`);
  expect((await host.archiver(["pull"])).exitCode).toBe(1);
  expect(kinds(await check(host))).toEqual([expect.stringMatching(/^stale: .*not pulled/)]);
  host.configure({ wiki01: { type: "local", path: host.work, expect: { wiki: { every: "7d" } } } });
  expect(kinds(await check(host))).toEqual([
    expect.stringMatching(/^waiting: finished at the host but not pulled/),
    expect.stringMatching(/^unreachable: wiki01 was not reached since /),
  ]);
});

test("tells of what is not verified, not proven or in quarantine", async () => {
  const host = createHost({ wiki: { ...daily, verified: "1h", proven: "30d" } });
  const [archive] = await fillVault(host, [0.1], { verified: false });
  expect(kinds(await check(host))).toEqual([
    expect.stringMatching(/^unverified: no good archive in the vault: .* is not verified: run archiver verify wiki01$/),
  ]);
  expect((await host.archiver(["verify"])).exitCode).toBe(1); // it has no manifest
  rmSync(join(host.vault, ".archiver", "quarantine"), { recursive: true, force: true });
  const whole = await putWholeArchive(join(host.vault, "wiki01"), { time: daysAgo(0.05).toISOString() });
  expect((await host.archiver(["verify"])).exitCode).toBe(0);
  expect(kinds(await check(host))).toEqual([
    "unproven: no drill has proven yet that it restores: run archiver drill wiki01",
  ]);
  expect(archive?.name).not.toBe(whole.name);

  flipByte(whole);
  expect((await host.archiver(["verify"])).exitCode).toBe(1);
  const damaged = await check(host);
  expect(kinds(damaged)).toEqual([
    expect.stringMatching(
      new RegExp(`^quarantined: .*: ${whole.name} was found damaged and is in quarantine: see \\.archiver/`),
    ),
  ]);
  expect(damaged.notes).toEqual([
    expect.stringContaining(`damaged, in quarantine: .archiver/quarantine/wiki01/wiki/${whole.name}`),
  ]);
});

describe("sizes", () => {
  const sizes = { floor: "100kB" };
  const put = async (host: BackupHost, bytes: readonly number[]) => {
    for (const [index, size] of bytes.entries())
      await putWholeArchive(host.work, { time: daysAgo(bytes.length - 0.9 - index).toISOString(), bytes: size });
    await pull(host);
  };

  test("are compared with those before, also of archives that are pruned, until the newest is accepted", async () => {
    const host = createHost({ wiki: daily }, { sizes, retention: { last: 2 } });
    await put(host, [800_000, 810_000, 805_000, 820_000, 815_000, 300_000]);
    expect((await host.archiver(["prune"])).exitCode).toBe(0);
    const shrunk =
      /^shrunk: 301 kB, usually 811 kB \(of the 5 before it\): tree home 300 kB, usually 810 kB: look at it; .* --accept wiki01\/wiki$/;

    expect(kinds(await check(host))).toEqual([expect.stringMatching(shrunk)]);
    expect(kinds(await check(host, "wiki01", "--application", "wiki"))).toHaveLength(1);

    const accepted = await host.archiver(["check", "--accept", "wiki01/wiki"]);
    expect(accepted).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^accepted: wiki_.* \(301 kB\): later/),
    });
    expect(host.receipts().at(-1)).toMatchObject({ event: "accepted", host: "wiki01" });
    expect(await check(host)).toMatchObject({ healthy: true, exitCode: 0 });
  });

  test("go by what is set for all and for one application", async () => {
    const host = createHost({ wiki: daily }, { sizes });
    await put(host, [300_000, 300_000, 300_000, 300_000, 300_000, 700_000]);
    const configure = (expect: object, more: object) =>
      host.configure({ wiki01: { type: "local", path: host.work, expect } }, more);
    expect(kinds(await check(host))).toEqual([expect.stringMatching(/^grown: 701 kB, usually 301 kB/)]);
    configure({ wiki: { ...daily, sizes: false } }, { sizes });
    expect(await check(host)).toMatchObject({ healthy: true });
    configure({ wiki: { ...daily, sizes: { grown: "200%" } } }, { sizes });
    expect(await check(host)).toMatchObject({ healthy: true });
    configure({ wiki: daily }, { sizes: { floor: "1MB" } });
    expect(await check(host)).toMatchObject({ healthy: true });
  });
});

test("tells of a host's wrong clock and of a vault that will soon be full", async () => {
  const host = createHost({ wiki: daily }, { space: { warn: "30000d" } });
  await putWholeArchive(host.work, { time: daysAgo(0.1).toISOString() });
  await pull(host);
  changeSighting(host, { clock: { offset: 7200, measuredAt: new Date().toISOString() } });
  for (const days of [9, 8, 7, 6, 5, 4, 3, 2, 1]) {
    const name = `jira_${formatArchiveTime(daysAgo(days))}.tar.zst`;
    const identity = { host: "old01", application: "jira", name, bytes: 50_000_000, sha1: "0".repeat(40) };
    const at = daysAgo(days).toISOString();
    const receipt = { event: "stored", at, ...identity, source: "x", seconds: 1, version: null, verifiedAt: at };
    appendFileSync(join(host.vault, ".archiver", "receipts.jsonl"), `${JSON.stringify(receipt)}\n`);
  }
  const found = await check(host);
  expect(kinds(found)).toEqual([
    expect.stringMatching(
      /^clock: its clock was 2 h ahead of this host's at .* chrony or systemd-timesyncd, on wiki01 or here$/,
    ),
    expect.stringMatching(/^space: full in \d+ days, .* free and 50.0 MB more each day: keep fewer archives/),
  ]);
  expect(found.findings).toMatchObject([
    { host: "wiki01", application: "" },
    { host: "", application: "" },
  ]);
});

test("tells of a host whose place cannot be read, and judges the others", async () => {
  const host = createHost();
  const { work } = host;
  host.configure({
    wiki01: { type: "local", path: work, expect: { wiki: daily } },
    wiki02: { type: "local", path: work, expect: {} },
  });
  await fillVault(host, [0.1]);
  symlinkSync("wiki02", join(host.vault, "wiki02"));
  expect(kinds(await check(host))).toEqual([
    expect.stringMatching(/^unreadable: what the vault holds of it now cannot be read: .*wiki02/),
  ]);
});

test("notes what nobody expects, what is not ours, and that a host may have been renamed", async () => {
  const host = createHost({});
  await fillVault(host, [0.1]);
  expect(await check(host)).toMatchObject({
    exitCode: 0,
    notes: [expect.stringContaining("no backup is expected from any host")],
  });
  expect(host.report()).toMatchObject({ outcome: "warning", failures: [] });

  renameSync(join(host.vault, "wiki01"), join(host.vault, "old01"));
  host.configure({ wiki01: { type: "local", path: host.work, expect: { wiki: daily } } });
  mkdirSync(join(host.vault, "old01", "notes dir"));
  writeFileSync(join(host.vault, "old01", "wiki", "notes.txt"), "");
  await putArchive(join(host.vault, "old01"), { sidecar: false });
  const { notes, findings } = await check(host);
  expect(findings).toMatchObject([{ kind: "missing" }]);
  expect(notes).toEqual([
    expect.stringContaining("the vault holds wiki of old01, which is not configured"),
    expect.stringContaining(
      "old01: without a sidecar, so no backup for anybody: old01/wiki/wiki_20261123T020000Z.tar.zst",
    ),
    expect.stringContaining("old01: not ours: old01/notes dir, old01/wiki/notes.txt"),
    expect.stringContaining("archiver rename old01 wiki01"),
  ]);
  expect(await check(host, "old01")).toMatchObject({ exitCode: 0, notes: { length: 3 } });
});

test.each([
  [["wiki02"], "no host is called"],
  [["--application", "wikki"], 'no application is called "wikki" (did you mean "wiki"?)'],
  [["--accept", "wiki01"], "--accept takes HOST/APPLICATION, got"],
  [["--accept", "wiki01/wki"], 'the vault holds no "wki" of wiki01 (did you mean "wiki"?)'],
  [["--accept", "wiki1/wiki"], 'no host is called "wiki1" (did you mean "wiki01"?)'],
  [["--accept", "wiki01/wiki", "wiki01"], "--accept goes with neither hosts nor --application"],
])("refuses %j with what was meant", async (args, message) => {
  const host = createHost();
  await fillVault(host, [0.1]);
  const run = await host.archiver(["check", ...args]);
  expect(run).toMatchObject({ exitCode: 2, stdout: "" });
  expect(run.stderr).toContain(message);
});

test.each([
  [{ sizes: { shrunk: "30" } }, "sizes.shrunk", "expected a percentage from 1% to 100% such as 30%"],
  [{ sizes: { compare: 3 } }, "sizes.compare", "expected at least 5"],
  [{ sizes: true }, "sizes", "expected false, or a mapping"],
  [{ space: { warn: 14 } }, "space.warn", "expected a duration such as"],
  [{ clock: { warn: "1 minute" } }, "clock.warn", "expected a duration such as"],
])("refuses the settings %j", async (more, key, message) => {
  const host = createHost({ wiki: daily }, more);
  const run = await host.archiver(["check"]);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain(key);
  expect(run.stderr).toContain(message);
});
