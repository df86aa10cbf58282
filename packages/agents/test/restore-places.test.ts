import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { expect, onTestFinished, test } from "vitest";
import { createRestoreHost, namesIn } from "./restore-host.ts";
import { createIntranet, titles, withoutDatabase } from "./restore-intranet.ts";

/** A file system in memory, gone when the test ends. */
function mount(directory: string, options = "size=64m"): void {
  mkdirSync(directory, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory]);
  onTestFinished(() => void execFileSync("umount", ["--lazy", directory]));
}

function keptIn(directory: string): string[] {
  return namesIn(directory).filter((name) => name.includes("before-restore-"));
}

test("a mount point is filled where it is, and its old content stays below it", async () => {
  const { host, uploads, database, archive } = await createIntranet();
  const before = withoutDatabase(describeTree(uploads));
  rmSync(uploads, { recursive: true });
  mount(uploads);
  writeFileSync(join(uploads, "old"), "kept");
  mkdirSync(join(uploads, "lost+found"));

  const refused = await host.run("restore", "intranet", archive, "--yes");
  expect(refused.stderr).toContain(`${uploads} is not empty: 1 entry`);
  const { exitCode, stdout, stderr } = await host.run("restore", "intranet", archive, "--yes", "--replace");

  expect(stderr).not.toMatch(/ERROR/);
  expect(exitCode).toBe(0);
  const [kept = ""] = keptIn(uploads);
  expect(stdout).toContain(`${uploads}/${kept}`);
  expect(readFileSync(join(uploads, kept, "old"), "utf8")).toBe("kept");
  expect(namesIn(uploads).filter((name) => name.startsWith(".backup-agent"))).toEqual([]);
  expect(titles(database)).toEqual(["😀", null]);
  rmSync(join(uploads, kept), { recursive: true });
  rmSync(join(uploads, "lost+found"), { recursive: true });
  expect({ ...withoutDatabase(describeTree(uploads)), ".": before["."] }).toEqual(before);
});

test("a mount point inside a tree is refused: renaming the tree would take it along", async () => {
  const { host, uploads, archive } = await createIntranet();
  mount(join(uploads, "mounted"));
  const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes", "--replace");
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${uploads}/mounted is a mount point inside ${uploads}`);
});

test("a disk that is too small is refused before anything is read out", async () => {
  const { host, uploads, archive } = await createIntranet();
  rmSync(dirname(uploads), { recursive: true });
  mount(dirname(uploads), "size=64k");
  const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(new RegExp(`the disk of ${dirname(uploads)} has .* free, the restore needs`));
  expect(namesIn(dirname(uploads))).toEqual([]);
  const elsewhere = await host.run("restore", "intranet", archive, "--yes", "--to", join(dirname(uploads), "out"));
  expect(elsewhere.exitCode).toBe(1);
  expect(elsewhere.stderr).toMatch(/free, the archive's content needs/);
});

/** A restore during which, once all files were read out, `command` is run. */
function afterStaging(host: { directory: string }, command: string): Record<string, string> {
  const tools = join(host.directory, "tools");
  mkdirSync(tools);
  const tar = `#!/bin/sh
[ "$1" = --version ] && exec /bin/tar --version
/bin/tar "$@" || exit
echo >>${tools}/count
[ "$(wc -l <${tools}/count)" -lt 2 ] || { ${command}; }\n`;
  writeFileSync(join(tools, "tar"), tar, { mode: 0o755 });
  return { PATH: `${tools}:${dirname(process.execPath)}:/usr/bin:/bin:/usr/sbin:/sbin` };
}

test("a failure while files are put in place takes back those that were", async () => {
  const { host, uploads, settings, database, archive } = await createIntranet();
  const parent = dirname(uploads);
  rmSync(parent, { recursive: true });
  mount(parent);
  mkdirSync(dirname(database), { recursive: true });
  writeFileSync(join(uploads, "old"), "kept");
  writeFileSync(settings, "port = 81\n");
  const environment = afterStaging(host, `mount -o remount,ro ${parent}`);

  const running = host.start(["restore", "intranet", archive, "--yes", "--replace", "--only", "files"], environment);
  const { exitCode, stderr } = await running.ended;

  expect(exitCode).toBe(1);
  expect(stderr).toContain("code=restore-failed");
  expect(stderr).toMatch(new RegExp(`${uploads} could not be put in place: EROFS`));
  expect(stderr).toContain("the application's files are as they were");
  expect(stderr).toMatch(/WARN .*backup-agent-restore-\S+ could not be removed/);
  expect(readFileSync(settings, "utf8")).toBe("port = 81\n");
  expect(keptIn(dirname(settings))).toEqual([]);
  expect(readFileSync(join(uploads, "old"), "utf8")).toBe("kept");
  execFileSync("mount", ["-o", "remount,rw", parent]);

  const again = await host.run("restore", "intranet", archive, "--yes", "--replace");
  expect(again.stderr).toMatch(/removed \S+backup-agent-restore-\S+, left by a restore that was killed/);
  expect(again.exitCode).toBe(0);
  expect(namesIn(parent).filter((name) => name.startsWith("."))).toEqual([]);
});

test("what comes into being while files are read out is not lost", async () => {
  const { host, uploads, archive } = await createIntranet();
  rmSync(uploads, { recursive: true });
  const environment = afterStaging(host, `mkdir ${uploads}; echo new >${uploads}/new`);
  const { stdout, exitCode } = await host.start(["restore", "intranet", archive, "--yes"], environment).ended;
  expect(exitCode).toBe(0);
  const [kept = ""] = keptIn(dirname(uploads));
  expect(stdout).toContain(kept);
  expect(readFileSync(join(dirname(uploads), kept, "new"), "utf8")).toBe("new\n");
});

test("holes in files stay holes", async () => {
  const host = createRestoreHost();
  const disk = join(host.directory, "srv", "disk.img");
  mkdirSync(dirname(disk));
  execFileSync("sh", [
    "-c",
    `printf begin >"$0"; truncate -s 20M "$0"; printf end >>"$0"; cp "$0" "$1"`,
    disk,
    `${disk}\n\xff 'x`,
  ]);
  host.configure(`  intranet:\n    type: generic\n    version: { value: "1" }\n    paths: [${dirname(disk)}]`);
  const archive = await host.backUp("intranet");
  const before = describeTree(dirname(disk));
  rmSync(dirname(disk), { recursive: true });
  expect((await host.run("restore", "intranet", archive, "--yes")).exitCode).toBe(0);
  expect(describeTree(dirname(disk))).toEqual(before);
  for (const name of namesIn(dirname(disk)))
    expect(statSync(join(dirname(disk), name)).blocks * 512).toBeLessThan(1_000_000);
});

test("restores as a user who is not root, and says what he may not", async () => {
  const { host, uploads, settings, database, archive } = await createIntranet();
  const nobody = 65_534;
  rmSync(dirname(uploads), { recursive: true });
  mkdirSync(dirname(uploads));
  for (const path of [
    host.directory,
    host.workDirectory,
    dirname(uploads),
    host.configFile,
    archive,
    `${archive}.sha1`,
  ])
    chownSync(path, nobody, nobody);
  rmSync(join(host.directory, "state"), { recursive: true });
  chmodSync(dirname(archive), 0o755);
  const run = (...args: string[]) => {
    const command = [process.execPath, programFile("backup-agent"), "--config", host.configFile, ...args];
    const script = `exec setpriv --reuid=${nobody} --regid=${nobody} --clear-groups "$@" 2>&1`;
    try {
      const options = { env: programEnvironment(), encoding: "utf8" as const };
      return { exitCode: 0, output: execFileSync("sh", ["-c", script, "sh", ...command], options) };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string };
      return { exitCode: status, output: stdout };
    }
  };
  chownSync(dirname(settings), 0, 0);
  writeFileSync(settings, "port = 82\n");
  const refused = run("restore", "intranet", archive, "--yes", "--replace");
  expect(refused.output).toMatch(/nothing can be written into .*etc.*as root, or as the owner/s);
  expect(refused.exitCode).toBe(1);
  expect(existsSync(uploads)).toBe(false);

  const { output, exitCode } = run(
    "restore",
    "intranet",
    archive,
    "--yes",
    "--only",
    "files",
    "--path",
    "files/uploads",
  );
  expect(output).not.toMatch(/ERROR/);
  expect(exitCode).toBe(0);
  expect(statSync(join(uploads, "sizes", "512")).uid).toBe(nobody);
  expect(existsSync(database)).toBe(false);
  expect(namesIn(dirname(uploads))).toEqual(["uploads"]);
});
