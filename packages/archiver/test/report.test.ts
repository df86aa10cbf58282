import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { describe, expect, test } from "vitest";
import { type BackupHost, createBackupHost, permissions } from "./backup-host.ts";
import { putWholeArchive } from "./whole-archive.ts";

/** A backup host that has pulled three backups of a wiki and one of Jira, and pruned two; its shop has never come. */
async function createReported(): Promise<BackupHost> {
  const host = createBackupHost();
  for (const daysAgo of [3, 2, 1]) await putWholeArchive(host.work, { time: moment(daysAgo), bytes: 10_000 * daysAgo });
  await putWholeArchive(host.work, { time: moment(0.2), application: "jira" });
  const expect = { wiki: { every: "26h" }, shop: { every: "24h" } };
  host.configure({ wiki01: { type: "local", path: host.work, expect } }, { retention: { last: 1 } });
  for (const command of ["pull", "prune"]) await host.archiver([command]);
  return host;
}

function moment(daysAgo: number): string {
  return `${new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 19)}Z`;
}

test("shows what check, history, list and prune know, and says what it wrote", async () => {
  const host = await createReported();
  const file = join(host.directory, "backups.html");
  writeFileSync(file, "older", { mode: 0o600 });
  const { ino } = statSync(file);

  const { exitCode, stdout, stderr } = await host.archiver(["report", "--html", file]);

  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
  expect(stderr).toContain(`wrote ${file}: 3 applications, `);
  expect([statSync(file).ino === ino, permissions(file)]).toEqual([false, "644"]);
  expect(readdirSync(host.directory).filter((name) => name.includes(".part"))).toEqual([]);
  const page = readFileSync(file, "utf8");
  const check = JSON.parse((await host.archiver(["check", "--json"])).stdout);
  expect(check.findings.map(({ kind }: { kind: string }) => kind)).toContain("missing");
  for (const { kind } of check.findings) expect(page).toContain(`</span> ${kind}</span>`);
  expect(page.indexOf("shop</bdi>")).toBeLessThan(page.indexOf("jira</bdi>"));
  expect(page).toMatch(/wiki01\/wiki: 1 archive, the oldest of \d{4}-[^,]+, 2 gone/);
  expect(page).toMatch(/sizes: [\d.]+ kB to [\d.]+ kB in 3 backups/);
  expect(page).toContain("newest good archive, last");
  expect(page).toContain("7.19.4");
  expect(page).not.toMatch(/https?:\/\//);
});

test("shows only what was named", async () => {
  const host = await createReported();
  const file = join(host.directory, "jira.html");
  const { stdout } = await host.archiver(["--json", "report", "wiki01", "--application", "jira", "--html", file]);
  expect(JSON.parse(stdout)).toEqual({ file, healthy: true, findings: 0, applications: 1 });
  const page = readFileSync(file, "utf8");
  expect(page).toContain("<h1>Backups of <bdi>wiki01, jira</bdi></h1>");
  expect(page).not.toContain("<bdi>wiki</bdi>");
});

test("writes a page of an empty vault too", async () => {
  const host = createBackupHost();
  host.configure({});
  const file = join(host.directory, "backups.html");
  expect(await host.archiver(["report", "--html", file])).toMatchObject({ exitCode: 0 });
  expect(readFileSync(file, "utf8")).toContain("No backups are expected or here");
});

describe("with a wrong command line", () => {
  test.each([
    [["report"], /does not know where the page should go.*\n +archiver report --html FILE/],
    [["report", "--html", ""], /--html "" names no file/],
    [["report", "--html", "pages/"], /--html "pages\/" names no file/],
    [["report", "wiki1", "--html", "x.html"], /no host is called "wiki1" \(did you mean "wiki01"\?\)/],
    [["report", "--application", "wikki", "--html", "x.html"], /no application is called "wikki"/],
  ])("%j ends with 2, and nothing is written", async (args, message) => {
    const host = await createReported();
    const { exitCode, stdout, stderr } = await host.archiver(args, { directory: host.directory });
    expect(stderr).toMatch(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(existsSync(join(host.directory, "x.html"))).toBe(false);
  });
});

describe("where the page cannot be written", () => {
  test.each([
    [
      "a directory is missing",
      "missing/b.html",
      /the page cannot be written to .*\n.*the directory .*\/missing is missing\. Make it/,
    ],
    ["a file stands where the directory should be", "archiver.yaml/b.html", /archiver\.yaml is not a directory/],
    ["a directory has the name", "vault", /vault: it is a directory.*\n.*name a file in a directory/],
  ])("since %s, it says what to do", async (_, name, message) => {
    const host = createBackupHost();
    host.configure({});
    const result = await host.archiver(["report", "--html", join(host.directory, name)]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/node_exporter|\n +at /);
  });

  test("since the directory is not ours, the older page stays as it is", async () => {
    const host = createBackupHost();
    host.configure({});
    const directory = join(host.directory, "www");
    const file = join(directory, "b.html");
    mkdirSync(directory);
    writeFileSync(file, "older");
    chmodSync(directory, 0o555);
    const program = [process.execPath, programFile("archiver"), "--config", host.configFile, "report", "--html", file];
    const { exitCode, errorOutput } = await run(
      systemProgram("setpriv"),
      ["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", ...program],
      { environment: programEnvironment() },
    );
    chmodSync(directory, 0o755);
    expect(errorOutput).toMatch(/the page cannot be written to .*EACCES.*\n.*must be able to write to the directory/);
    expect([exitCode, readFileSync(file, "utf8"), readdirSync(directory)]).toEqual([1, "older", ["b.html"]]);
  });

  test("since the vault is missing, the older page stays as it is", async () => {
    const host = createBackupHost();
    host.configure({});
    rmSync(host.vault, { recursive: true });
    const file = join(host.directory, "b.html");
    writeFileSync(file, "older");
    const { exitCode, stderr } = await host.archiver(["report", "--html", file]);
    expect(stderr).toContain(host.vault);
    expect([exitCode, readFileSync(file, "utf8")]).toEqual([1, "older"]);
  });
});
