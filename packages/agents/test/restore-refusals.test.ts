import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { buildGitea } from "@catapullt/testkit/gitea";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { tamperArchive } from "@catapullt/testkit/tampered-archive";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRestoreHost, namesIn } from "./restore-host.ts";
import { createIntranet, type Intranet, intranetConfiguration, titles } from "./restore-intranet.ts";

/** Runs a restore on a terminal of its own, where a person types this line. */
async function restoreOnTerminal(
  { host, archive }: Intranet,
  typed: string,
): Promise<{ exitCode: number; screen: string }> {
  const command = [
    process.execPath,
    programFile("backup-agent"),
    "--config",
    host.configFile,
    "restore",
    "intranet",
    archive,
  ];
  const child = spawn(systemProgram("script"), ["--quiet", "--return", "--command", command.join(" "), "/dev/null"], {
    env: programEnvironment(),
    stdio: ["pipe", "pipe", "inherit"],
    timeout: 60_000,
  });
  const screen = text(child.stdout);
  child.stdin.write(typed);
  const [exitCode] = await once(child, "close");
  return { exitCode, screen: await screen };
}

describe("on a terminal", () => {
  test("restores what is answered with yes, after the plan was shown", async () => {
    const intranet = await createIntranet();
    rmSync(intranet.uploads, { recursive: true });
    const { exitCode, screen } = await restoreOnTerminal(intranet, "yes\n");
    expect(screen).toMatch(/files of uploads .*type yes to go on: .*restored files of uploads/s);
    expect(exitCode).toBe(0);
    expect(titles(intranet.database)).toEqual(["😀", null]);
  });

  test.each(["no\n", "y\n", "\n", "\u0004"])("leaves everything as it is where %j is answered", async (typed) => {
    const intranet = await createIntranet();
    rmSync(intranet.uploads, { recursive: true });
    const { exitCode, screen } = await restoreOnTerminal(intranet, typed);
    expect(screen).toContain("the answer was not yes: nothing was changed");
    expect(exitCode).toBe(1);
    expect(existsSync(intranet.uploads)).toBe(false);
  });
});

describe("refuses", () => {
  test("a dump without its closing line, although all sums are right, before anything is touched", async () => {
    const { host, uploads } = await createIntranet();
    host.configure(intranetConfiguration(host, "1.0").replace(/, [^,\]]+intranet\.conf/, ""));
    const cut = tamperArchive(await host.backUp("intranet"), ({ rewriteDump }) =>
      rewriteDump((dump) => dump.slice(0, -1)),
    );
    rmSync(uploads, { recursive: true });
    for (const args of [
      ["restore", "intranet", cut, "--yes"],
      ["verify", cut],
    ]) {
      const { exitCode, stderr } = await host.run(...args);
      expect(stderr).toContain("the dump database/intranet.sqlite: it ends within a page: 4095 bytes of the last 4096");
      expect(stderr).toContain("code=archive-invalid");
      expect(exitCode).toBe(1);
    }
    expect(existsSync(uploads)).toBe(false);
  });

  test("an application whose service is active", async () => {
    const { host, archive } = await createIntranet();
    const tools = join(host.directory, "tools");
    mkdirSync(tools);
    writeFileSync(join(tools, "systemctl"), '#!/bin/sh\n[ "$*" = "is-active --quiet intranet.service" ]\n', {
      mode: 0o755,
    });
    const environment = { PATH: `${tools}:/usr/bin:/bin` };
    const { exitCode, stderr } = await host.start(["restore", "intranet", archive, "--yes", "--replace"], environment)
      .ended;
    expect(exitCode).toBe(1);
    expect(stderr).toContain("intranet is running: the service intranet.service is active");
    expect(stderr).toContain("systemctl stop intranet.service");
    const allowed = ["restore", "intranet", archive, "--yes", "--replace", "--allow-running"];
    expect((await host.start(allowed, environment).ended).exitCode).toBe(0);
  });

  test("an application whose pid file names a process of its own, and no other process", async () => {
    const host = createRestoreHost();
    const workPath = join(host.directory, "gitea");
    const configFile = join(host.directory, "etc", "app.ini");
    const program = join(host.directory, "bin", "gitea");
    buildGitea({ workPath, configFile, program });
    host.configure(`  gitea: { configFile: ${configFile}, install: ${program} }`);
    const archive = await host.backUp("gitea");
    const child = spawn("sh", ["-c", "echo ready; read -r _", workPath], { stdio: ["pipe", "pipe", "ignore"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    writeFileSync(join(workPath, "gitea.pid"), `${child.pid}\n`);
    const { exitCode, stderr } = await host.run("restore", "gitea", archive, "--yes", "--replace");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`process ${child.pid} (sh) is named by its pid file`);
    // The number of a process that has nothing to do with it: given out anew after the application ended.
    writeFileSync(join(workPath, "gitea.pid"), `${process.pid}\n`);
    child.kill("SIGKILL");
    await once(child, "close");
    const other = await host.run("restore", "gitea", archive, "--yes", "--replace");
    expect(other.stderr).not.toMatch(/ERROR/);
    expect(other.exitCode).toBe(0);
  });

  test.each([
    {
      title: "has no sidecar",
      spoil: (archive: string) => rmSync(`${archive}.sha1`),
      says: /is not finished: it has no sidecar/,
    },
    { title: "is not there", spoil: (archive: string) => rmSync(archive), says: /there is no archive/ },
    {
      title: "is a directory",
      spoil: (archive: string) => {
        rmSync(archive);
        mkdirSync(archive);
      },
      says: /is not a file, and so no archive/,
    },
    { title: "is empty", spoil: (archive: string) => writeFileSync(archive, ""), says: /is damaged/ },
  ])("an archive that $title", async ({ spoil, says }) => {
    const { host, archive, uploads } = await createIntranet();
    spoil(archive);
    rmSync(uploads, { recursive: true });
    for (const more of [[], ["--to", join(host.directory, "out")]]) {
      const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes", ...more);
      expect(stderr).toMatch(says);
      expect(stderr).toContain("code=archive-invalid");
      expect(exitCode).toBe(1);
    }
    expect(existsSync(uploads)).toBe(false);
    expect(existsSync(join(host.directory, "out"))).toBe(false);
  });

  test("a name of an application with a slip of the pen, and says which was meant", async () => {
    const { host, archive } = await createIntranet();
    const { exitCode, stderr } = await host.run("restore", "intrant", archive, "--yes");
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/intrant.*intranet/s);
    const elsewhere = await host.run("restore", "intrant", archive, "--yes", "--to", join(host.directory, "out"));
    expect(elsewhere.stderr).toMatch(/archive of intranet, not of intrant/);
    expect(elsewhere.exitCode).toBe(1);
  });
});

describe("--to", () => {
  test("a file is refused, and stays", async () => {
    const { host, archive } = await createIntranet();
    const file = join(host.directory, "file");
    writeFileSync(file, "content");
    for (const more of [[], ["--replace"]]) {
      const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes", "--to", file, ...more);
      expect(stderr).toMatch(/file cannot be used: ENOTDIR/);
      expect(exitCode).toBe(1);
    }
    expect(readFileSync(file, "utf8")).toBe("content");
  });

  test("a relative path counts from where the command is run", async () => {
    const { host, archive, uploads } = await createIntranet();
    process.chdir(host.directory);
    onTestFinished(() => process.chdir("/"));
    const { exitCode, stderr } = await host.run(
      "restore",
      "intranet",
      basenameIn(archive),
      "--yes",
      "--to",
      "deep/out",
    );
    expect(stderr).not.toMatch(/ERROR/);
    expect(exitCode).toBe(0);
    expect(namesIn(join(host.directory, "deep"))).toEqual(["out"]);
    expect(namesIn(join(host.directory, "deep", "out", "files"))).toEqual(["intranet.conf", basename(uploads)]);
  });

  test("a directory beside the archives stands in nobody's way", async () => {
    const { host, archive } = await createIntranet();
    const directory = join(host.workDirectory, "intranet", "out");
    expect((await host.run("restore", "intranet", archive, "--yes", "--to", directory)).exitCode).toBe(0);
    expect((await host.run("backup", "intranet")).exitCode).toBe(0);
    expect((await host.run("prune", "intranet")).exitCode).toBe(0);
    expect(titles(join(directory, "database", "intranet.sqlite"))).toEqual(["😀", null]);
  });
});

function basenameIn(archive: string): string {
  return join(basename(dirname(archive)), basename(archive));
}

describe("the run report", () => {
  test("tells what was restored, and what failed", async () => {
    const { host, archive, uploads } = await createIntranet();
    const file = join(host.directory, "report.json");
    const report = async (...args: string[]) => {
      rmSync(file, { force: true });
      await host.start(["restore", "intranet", archive, ...args], { BACKUP_REPORT: file }).ended;
      return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
    };
    expect(await report("--yes")).toMatchObject({
      command: "restore",
      application: "intranet",
      outcome: "failure",
      failures: [
        { code: "restore-refused", message: expect.stringMatching(/uploads is not empty/), hint: expect.anything() },
      ],
    });
    expect(await report("--dry-run")).toBeUndefined();
    rmSync(uploads, { recursive: true });
    expect(await report("--yes")).toMatchObject({
      program: "backup-agent",
      command: "restore",
      type: "generic",
      version: "1.0",
      outcome: "success",
      archives: [],
      databases: [{ name: "intranet", engine: "sqlite", tables: 1 }],
      trees: [{ label: "uploads" }, { label: "intranet.conf", files: 1, bytes: 10 }],
      failures: [],
    });
    expect(await report("--path", "VERSION")).toMatchObject({
      outcome: "failure",
      failures: [{ code: "usage-invalid" }],
    });
  });
});
