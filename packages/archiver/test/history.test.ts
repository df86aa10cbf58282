import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { parseMetrics } from "@catapullt/testkit/prometheus";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { describe, expect, test } from "vitest";
import { type BackupHost, createBackupHost, permissions } from "./backup-host.ts";
import { putWholeArchive, type WholeArchiveOptions } from "./whole-archive.ts";

const sizes = [40_000, 41_000, 20_000];

/** A host's work directory with a backup of the wiki on each of the last days, the last one of half the size, and one of Jira. */
async function putBackups(work: string): Promise<void> {
  for (const [index, bytes] of sizes.entries()) await putBackup(work, { daysAgo: sizes.length - index, bytes });
  await putBackup(work, { application: "jira", daysAgo: 0.5 });
}

function putBackup(work: string, { daysAgo, ...options }: WholeArchiveOptions & { daysAgo: number }) {
  const began = new Date(Date.now() - daysAgo * 86_400_000);
  return putWholeArchive(work, {
    ...options,
    time: `${began.toISOString().slice(0, 19)}Z`,
    change: (manifest) => ({
      ...manifest,
      startedAt: began.toISOString(),
      endedAt: new Date(began.getTime() + 90_500).toISOString(),
    }),
  });
}

/** A backup host that has pulled those backups and then pruned all but the newest. */
async function createHistory(expected: Record<string, object> = {}): Promise<BackupHost> {
  const host = createBackupHost();
  await putBackups(host.work);
  host.configure({ wiki01: { type: "local", path: host.work, expect: expected } }, { retention: { last: 1 } });
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  expect(await host.archiver(["prune"])).toMatchObject({ exitCode: 0 });
  return host;
}

/** Runs `archiver` in a terminal of 80 columns. */
async function inTerminal({ configFile }: BackupHost, args: string[]): Promise<string> {
  const command = [process.execPath, programFile("archiver"), "--config", configFile, ...args];
  const script = `stty cols 80; ${command.map((word) => `'${word}'`).join(" ")}`;
  const { output } = await run(systemProgram("script"), ["-qec", script, "/dev/null"], {
    environment: programEnvironment({ LANG: "C.UTF-8", TERM: "xterm" }),
  });
  return output.toString();
}

/** Runs `archiver` without the right of root to read and write everything. */
function asOrdinaryUser({ configFile }: BackupHost, args: string[]) {
  const program = [process.execPath, programFile("archiver"), "--config", configFile, ...args];
  return run(
    systemProgram("setpriv"),
    ["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", ...program],
    { environment: programEnvironment() },
  );
}

test("knows every backup, oldest first, also those that were pruned", async () => {
  const host = await createHistory();
  const { stdout } = await host.archiver(["history", "--json"]);
  const wiki = { host: "wiki01", application: "wiki", seconds: 90.5, version: "7.19.4", dumpBytes: 0, treeFiles: 1 };
  expect(JSON.parse(stdout)).toMatchObject([
    { ...wiki, treeBytes: 40_000, inVault: false },
    { ...wiki, treeBytes: 41_000, inVault: false },
    { ...wiki, treeBytes: 20_000, inVault: true },
    { ...wiki, application: "jira", treeBytes: 10_000, inVault: true },
  ]);
  const [entry] = JSON.parse(stdout);
  expect(Object.keys(entry).slice(0, 6)).toEqual(["host", "application", "time", "bytes", "seconds", "version"]);
  expect(entry.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  expect(entry.bytes).toBeGreaterThan(40_000);

  const recent = await host.archiver(["history", "wiki01", "--application", "wiki", "--since", "60h", "--json"]);
  expect(JSON.parse(recent.stdout)).toMatchObject([{ treeBytes: 41_000 }, { treeBytes: 20_000 }]);

  const csv = (await host.archiver(["history", "--csv"])).stdout.split("\r\n");
  expect(csv).toHaveLength(6);
  expect(csv[1]).toMatch(/^wiki01,wiki,.*Z,\d+,90\.5,7\.19\.4,wiki_\w+\.tar\.zst,false,0,40000,1$/);
});

test("shows a row for each application, or for each backup of one", async () => {
  const host = await createHistory();

  const overview = (await host.archiver(["history"])).stdout.split("\n");
  expect(overview[0]).toMatch(/^HOST +APPLICATION +BACKUPS .* SIZES$/);
  expect(overview[1]).toMatch(/^wiki01 +jira +1 .* - .* 1 min 31 s +#$/);
  expect(overview[2]).toMatch(/^wiki01 +wiki +3 .* -\d\d % .* 1 min 31 s +##[-=]$/);
  expect(overview).toHaveLength(4);

  const details = (await host.archiver(["history", "--application", "wiki"])).stdout.split("\n");
  expect(details).toHaveLength(6);
  expect(details[1]).toMatch(/ - +1 min 31 s +7\.19\.4 +\d{4}-\d\d-\d\d {2}#+$/);
  expect(details[3]).toMatch(/ -\d\d % +1 min 31 s +7\.19\.4 +- +#+$/);
  expect(details[4]).toMatch(/^wiki01 wiki: 3 backups, 1 in the vault; .* median duration 1 min 31 s$/);

  // What is before the time that was asked for is still what the first row is compared with.
  const last = (await host.archiver(["history", "--application", "wiki", "--since", "30h"])).stdout.split("\n");
  expect(last[1]).toMatch(/ -\d\d % /);
  expect(await host.archiver(["history", "--since", "1m"])).toMatchObject({
    exitCode: 0,
    stdout: `no backups in ${host.vault} within this time\n`,
  });

  for (const args of [["history"], ["history", "--application", "wiki"]]) {
    const lines = (await inTerminal(host, args)).trim().split("\r\n");
    expect(lines.slice(1).join("\n")).toMatch(/█/);
    for (const line of lines.filter((text) => !text.includes(": "))) expect(line.length).toBeLessThanOrEqual(80);
  }
});

test("knows a host that is neither configured nor in the vault any more", async () => {
  const host = await createHistory();
  rmSync(join(host.vault, "wiki01"), { recursive: true });
  host.configure({});
  const { stdout } = await host.archiver(["history", "wiki01", "--application", "wiki", "--json"]);
  expect(JSON.parse(stdout).map(({ inVault }: { inVault: boolean }) => inVault)).toEqual([false, false, false]);
});

test("leaves out of tables what is dated in the future, and says so", async () => {
  const host = await createHistory();
  await putBackup(host.work, { daysAgo: -9 });
  await host.archiver(["pull"]);
  const { stdout, stderr } = await host.archiver(["history", "--application", "wiki"]);
  expect(stdout).toContain("wiki01 wiki: 3 backups");
  expect(stderr).toMatch(/WARN +wiki01: wiki_\w+\.tar\.zst is dated in the future and left out/);
  const { stdout: json } = await host.archiver(["history", "--json", "--application", "wiki"]);
  expect(JSON.parse(json)).toHaveLength(4);
});

test("tells what it knows of a host whose directory cannot be read, says why, and fails", async () => {
  const host = await createHistory();
  const place = join(host.vault, "wiki01", "wiki");
  chmodSync(place, 0);
  try {
    const { exitCode, output, errorOutput } = await asOrdinaryUser(host, ["history", "--json"]);
    expect(exitCode, errorOutput).toBe(1);
    expect(errorOutput).toMatch(/ERROR wiki01: .*EACCES/);
    expect(JSON.parse(output.toString())).toHaveLength(4);
  } finally {
    chmodSync(place, 0o750);
  }
});

test("says that an empty vault has no backups", async () => {
  const host = createBackupHost();
  host.configure({ wiki01: { type: "local", path: host.work, expect: { wiki: { every: "24h" } } } });
  const text = `no backups in ${host.vault}\n`;
  expect(await host.archiver(["history"])).toMatchObject({ exitCode: 0, stdout: text });
  expect(await host.archiver(["history", "wiki01", "--application", "wiki"])).toMatchObject({
    exitCode: 0,
    stdout: text,
  });
  expect((await host.archiver(["history", "--json"])).stdout).toBe("[]\n");
});

test.each([
  [
    ["--application", "wikki"],
    /no application is called "wikki" \(did you mean "wiki"\?\).*\n +applications: jira, wiki/,
  ],
  [["--application", "../wiki01"], /no application is called "\.\.\/wiki01"/],
  [["--application", ""], /no application is called ""/],
  [["wiki1"], /no host is called "wiki1" \(did you mean "wiki01"\?\).*\n +hosts: wiki01/],
  [["wiki"], /no host is called "wiki".*\n +that is an application: --application wiki/],
  [["wiki01", "../../etc"], /no host is called "\.\.\/\.\.\/etc"/],
  [["--since", "yesterday"], /--since "yesterday" is not understood.*\n +expected a duration such as 90d/],
  [["--csv", "--json"], /--json and --csv do not go together/],
  [["--json", "--prometheus", "x.prom"], /--json and --prometheus do not go together/],
  [["--csv=yes"], /--csv/],
  [["--prometheus", "x.txt"], /"x\.txt" does not end in \.prom.*\n +node_exporter reads only/],
])("refuses %j with exit code 2", async (args, message) => {
  const host = createBackupHost();
  await putWholeArchive(join(host.vault, "wiki01"));
  await putWholeArchive(join(host.vault, "wiki01"), { application: "jira" });
  host.configure({ wiki01: { type: "local", path: host.work } });
  const { exitCode, stdout, stderr } = await host.archiver(["history", ...args]);
  expect(stderr).toMatch(message);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
});

describe("--prometheus", () => {
  test("replaces the file as a whole, readable by everybody, with what node_exporter understands", async () => {
    const host = await createHistory({ wiki: { every: "24h" }, gitea: { every: "24h" } });
    const directory = join(host.directory, "textfile");
    const file = join(directory, "backups.prom");
    mkdirSync(directory);
    writeFileSync(file, "older", { mode: 0o600 });
    const { ino } = statSync(file);

    const { exitCode, stdout, stderr } = await host.archiver(["-q", "history", "--prometheus", file]);

    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(readdirSync(directory)).toEqual(["backups.prom"]);
    expect(permissions(file)).toBe("644");
    expect(statSync(file).ino).not.toBe(ino);
    const families = new Map((await parseMetrics(readFileSync(file))).map((family) => [family.name, family.samples]));
    const value = (metric: string, application: string) =>
      families.get(metric)?.find(({ labels }) => labels.application === application && labels.host === "wiki01")?.value;
    expect(["wiki", "jira", "gitea"].map((name) => value("backup_archives", name))).toEqual([1, 1, 0]);
    expect(["wiki", "jira", "gitea"].map((name) => value("backup_expected", name))).toEqual([1, 0, 1]);
    expect(value("backup_archive_timestamp_seconds", "gitea")).toBe(0);
    expect(value("backup_tree_bytes", "wiki")).toBe(20_000);
    expect(value("backup_duration_seconds", "wiki")).toBe(90.5);
    expect(value("backup_verified_timestamp_seconds", "wiki")).toBeGreaterThan(Date.now() / 1000 - 300);
    expect(families.get("backup_vault_free_bytes")).toMatchObject([{ labels: {} }]);
  });

  test("leaves out what other files of parts of this vault have too", async () => {
    const host = await createHistory();
    const file = join(host.directory, "jira.prom");
    await host.archiver(["history", "wiki01", "--application", "jira", "--prometheus", file]);
    const samples = (await parseMetrics(readFileSync(file))).flatMap((family) => family.samples);
    expect([...new Set(samples.map(({ labels }) => labels.application))]).toEqual(["jira"]);
  });

  test.each([
    ["a directory is missing", "missing/b.prom", /the directory .*\/missing is missing\. Make it/],
    ["a file stands where the directory should be", "archiver.yaml/b.prom", /archiver\.yaml is not a directory/],
    ["a directory has the name", "directory.prom", /directory\.prom: it is a directory/],
    ["links go in a circle", "circle/b.prom", /cannot be written to .*circle.*ELOOP/],
  ])("says what to do where %s", async (_, name, message) => {
    const host = createBackupHost();
    host.configure({});
    mkdirSync(join(host.directory, "directory.prom"));
    symlinkSync("circle", join(host.directory, "circle"));
    const result = await host.archiver(["history", "--prometheus", join(host.directory, name)]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toMatch(message);
    expect(result.stderr).toMatch(/textfile/);
  });

  test("leaves the older file as it is where the directory cannot be written", async () => {
    const host = createBackupHost();
    host.configure({});
    const directory = join(host.directory, "textfile");
    const file = join(directory, "backups.prom");
    mkdirSync(directory);
    writeFileSync(file, "older");
    chmodSync(directory, 0o555);
    const { exitCode, errorOutput } = await asOrdinaryUser(host, ["history", "--prometheus", file]);
    chmodSync(directory, 0o755);
    expect(errorOutput).toMatch(/cannot be written to .*EACCES.*\n.*must be able to write to the directory/);
    expect(exitCode).toBe(1);
    expect(readFileSync(file, "utf8")).toBe("older");
    expect(readdirSync(directory)).toEqual(["backups.prom"]);
  });
});
