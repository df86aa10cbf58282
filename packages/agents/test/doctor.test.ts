import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgramFile } from "@catapullt/testkit/programs";
import { expect, onTestFinished, test } from "vitest";
import { createDoctorHost, saidBy } from "./doctor-host.ts";

const nobody = 65534;

test("ends with 0, tells what it has seen, and changes nothing, where all is well", async () => {
  const host = createDoctorHost();
  const before = execFileSync("find", [host.directory, "-newermt", "2000-01-01"]).toString();
  const { exitCode, findings } = await host.doctor();
  expect(findings.filter(({ state }) => state === "failure")).toEqual([]);
  expect(exitCode).toBe(0);
  expect([...new Set(findings.map(({ check }) => check))]).toEqual([
    ...["configuration", "work-directory", "state-directory", "clock", "time-zone"],
    ...["application", "version", "files", "space", "schedule"],
  ]);
  expect(execFileSync("find", [host.directory, "-newermt", "2000-01-01"]).toString()).toBe(before);
});

test("the text groups by application, with the fix below each trouble, and without colours where nobody looks", async () => {
  const host = createDoctorHost();
  host.configure({ hooks: { before: [["/nonexistent/stop"]] } });
  const { exitCode, stdout, stderr } = await host.run("doctor");
  expect(stderr).toBe("");
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^this host\n {2}ok {7}configuration: /);
  expect(stdout).toMatch(/\n\nintranet \(generic\)\n {2}ok {7}application: /);
  expect(stdout).toMatch(
    /\n {2}failure {2}hooks: \/nonexistent\/stop is no program that this user can start\n {11}-> correct /,
  );
  expect(stdout).toMatch(/\ntonight's backup would fail: 1 failure, 1 warning\n$/);
  expect(stdout).not.toContain("\u001b");
});

test("an unknown application and a wrong configuration end with 2", async () => {
  const host = createDoctorHost();
  const unknown = await host.run("doctor", "intranett");
  expect(unknown).toMatchObject({ exitCode: 2, stdout: "" });
  expect(unknown.stderr).toContain('did you mean "intranet"?');
  host.configure({ hme: "/srv" });
  expect((await host.run("doctor")).exitCode).toBe(2);
});

test("hooks: finds what is there, and tells of what is missing, not executable or no shell's language", async () => {
  const host = createDoctorHost();
  const script = join(host.directory, "stop.sh");
  writeFileSync(script, "#!/bin/sh\n");
  host.configure({ hooks: { before: [[script], "if true", "A=1 nothere --now"], after: [["true"], "cd / && true"] } });
  const { exitCode, findings } = await host.doctor();
  expect(exitCode).toBe(1);
  const told = saidBy(findings, "hooks").map(({ message }) => message);
  expect(told).toEqual([
    `${script} is no program that this user can start`,
    expect.stringContaining("the shell does not understand if true"),
    "nothere of the hook A=1 nothere --now is not found",
  ]);
  chmodSync(script, 0o755);
  host.configure({ hooks: { before: [[script]], after: ["cd / && true"] } });
  expect(saidBy((await host.doctor()).findings, "hooks")).toMatchObject([{ state: "ok", message: "2 commands found" }]);
});

test("files that this user may not read fail; those that are left out do not", async () => {
  const host = createDoctorHost();
  const closed = join(host.directory, "uploads", "closed");
  mkdirSync(closed, { mode: 0o700 });
  writeFileSync(join(host.directory, "uploads", "secret.txt"), "", { mode: 0o600 });
  execFileSync("chown", [String(nobody), host.workDirectory]);
  const { exitCode, findings } = await host.doctorAs(nobody);
  expect(exitCode).toBe(1);
  const [files] = saidBy(findings, "files");
  expect(files).toMatchObject({ state: "failure", fix: expect.stringContaining("exclude") });
  expect(files?.message).toContain(closed);
  expect(files?.message).toContain(join(host.directory, "uploads", "secret.txt"));
  host.configure({ files: { exclude: ["closed", "secret.txt"] } });
  const again = await host.doctorAs(nobody);
  expect(saidBy(again.findings, "files")).toMatchObject([{ state: "ok" }]);
});

test("directories in which this user may not write fail", async () => {
  const host = createDoctorHost();
  host.configure({}, { archiveGroup: 0 });
  const { findings } = await host.doctorAs(nobody);
  expect(saidBy(findings, "work-directory")).toMatchObject([
    { state: "failure", message: `user ${nobody} may not write into ${host.workDirectory}` },
    { state: "failure", message: expect.stringContaining("this user is no member of the group 0") },
  ]);
  expect(saidBy(findings, "state-directory")).toMatchObject([{ state: "failure" }]);
});

test("a configured work directory that is missing, or lies inside what is saved, fails", async () => {
  const host = createDoctorHost();
  rmSync(host.workDirectory, { recursive: true });
  const missing = await host.doctor();
  expect(saidBy(missing.findings, "work-directory")).toMatchObject([
    { state: "failure", fix: expect.stringContaining(`mkdir -m 0750 ${host.workDirectory}`) },
  ]);
  expect(existsSync(host.workDirectory)).toBe(false);
  mkdirSync(join(host.directory, "uploads", "work"));
  host.configure({}, { workDir: join(host.directory, "uploads", "work") });
  expect(saidBy((await host.doctor()).findings, "files")[0]).toMatchObject({
    state: "failure",
    message: expect.stringContaining("lies inside"),
  });
});

test("a full file system fails, and one that the last archive would not fit into", async () => {
  const host = createDoctorHost();
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "none", host.workDirectory]);
  onTestFinished(() => void execFileSync("umount", [host.workDirectory]));
  const place = join(host.workDirectory, "intranet");
  mkdirSync(place);
  const archive = join(place, "intranet_20261123T020000Z.tar.zst");
  writeFileSync(archive, Buffer.alloc(2_000_000));
  writeFileSync(`${archive}.sha1`, "");
  const { exitCode, findings } = await host.doctor();
  expect(exitCode).toBe(1);
  expect(saidBy(findings, "work-directory")).toMatchObject([
    { state: "warning", message: expect.stringContaining("(tmpfs)") },
  ]);
  expect(saidBy(findings, "space")).toMatchObject([
    { state: "failure", message: expect.stringContaining("the last archive was 2.00 MB") },
  ]);
  // Fetched and gone, but the last run has left its size.
  rmSync(archive);
  rmSync(`${archive}.sha1`);
  const lastRun = {
    schemaVersion: 1,
    application: "intranet",
    state: "failed",
    archive: null,
    newestBytes: 50_000_000,
  };
  const times = { startedAt: "2026-11-23T02:00:00.000Z", endedAt: "2026-11-23T02:00:01.000Z" };
  const failed = { code: "dump-failed", message: "the dump failed" };
  writeFileSync(join(place, ".last-run.json"), JSON.stringify({ ...lastRun, ...times, failure: failed }));
  const later = await host.doctor();
  expect(saidBy(later.findings, "space")).toMatchObject([
    { state: "failure", message: expect.stringContaining("the last archive was 50.0 MB") },
  ]);
  expect(saidBy(later.findings, "last-run")).toMatchObject([
    { state: "warning", message: expect.stringContaining("failed (dump-failed): the dump failed") },
  ]);
});

test("a backup leaves its size for the nights after it, also through one that fails", async () => {
  const host = createDoctorHost();
  const { stdout } = await host.run("intranet");
  rmSync(stdout.trim());
  rmSync(`${stdout.trim()}.sha1`);
  host.configure({ hooks: { before: [["false"]] } });
  expect((await host.run("intranet")).exitCode).toBe(1);
  const { findings } = await host.doctor();
  expect(saidBy(findings, "space")).toMatchObject([{ message: expect.stringContaining("the last archive was ") }]);
});

test("a run that holds the lock is named, and its unfinished archive is no leftover", async () => {
  const host = createDoctorHost();
  const fifo = join(host.directory, "gate");
  execFileSync("mkfifo", [fifo]);
  host.configure({ hooks: { before: [["cat", fifo]] } });
  const running = host.run("intranet");
  const gate = spawn("sh", ["-c", `exec 3> "$1"; echo open; read -r _`, "sh", fifo], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  onTestFinished(() => void gate.kill("SIGKILL"));
  await once(gate.stdout, "data"); // the hook reads
  mkdirSync(join(host.workDirectory, "intranet"), { recursive: true });
  writeFileSync(join(host.workDirectory, "intranet", ".intranet_20261123T020000Z.tar.zst.part"), "");
  const { exitCode, findings } = await host.doctor();
  expect(exitCode).toBe(0);
  expect(saidBy(findings, "last-run")).toMatchObject([
    {
      state: "warning",
      message: expect.stringMatching(/^another run holds the lock since \d{4}-\d\d-\d\d [\d:]+ UTC, pid \d+$/),
    },
  ]);
  expect(saidBy(findings, "archives")).toEqual([]);
  gate.stdin.end("\n");
  expect((await running).exitCode).toBe(0);
  expect(saidBy((await host.doctor()).findings, "last-run")).toMatchObject([{ state: "ok" }]);
});

test("archives dated in the future, leftovers and a pile that nobody fetches are warnings", async () => {
  const host = createDoctorHost();
  const place = join(host.workDirectory, "intranet");
  mkdirSync(place);
  const names = ["intranet_20961123T020000Z.tar.zst"];
  for (let day = 10; day < 20; day += 1) names.push(`intranet_202601${day}T020000Z.tar.zst`);
  for (const name of names) for (const suffix of ["", ".sha1"]) writeFileSync(join(place, name + suffix), "x");
  writeFileSync(join(place, ".intranet_20261123T020000Z.tar.zst.part"), "");
  const { exitCode, findings } = await host.doctor();
  expect(exitCode).toBe(0);
  expect(saidBy(findings, "archives").map(({ state, message }) => `${state} ${message}`)).toEqual([
    "warning dated in the future, so this host's clock is wrong, or was: intranet_20961123T020000Z.tar.zst",
    "warning left by a run that died: .intranet_20261123T020000Z.tar.zst.part",
    expect.stringMatching(/^warning 11 archives wait, .*: does nobody fetch them\?$/),
  ]);
  host.configure({}, { retention: { last: 2 } });
  expect(saidBy((await host.doctor()).findings, "archives").at(-1)).toMatchObject({
    message: "8 archives are no longer kept by `retention`",
    fix: "run: backup-agent prune intranet",
  });
  expect(readdirSync(place)).toHaveLength(23);
});

test("a secret that is missing, or that everybody may read, fails", async () => {
  const host = createDoctorHost();
  const password = join(host.directory, "password");
  const databases = [{ engine: "mariadb", name: "wiki", password: { file: password } }];
  host.configure({ databases });
  expect(saidBy((await host.doctor()).findings, "configuration")).toMatchObject([
    { state: "failure", message: expect.stringContaining(password) },
  ]);
  writeFileSync(password, "secret-word\n");
  chmodSync(password, 0o644);
  const open = await host.doctor();
  expect(open.exitCode).toBe(1);
  expect(saidBy(open.findings, "configuration")).toMatchObject([
    { state: "failure", fix: expect.stringContaining(`chmod o-rwx ${password}`) },
  ]);
});

test("what a killed drill left is told, and stays", async () => {
  const host = createDoctorHost();
  const left = join(host.directory, ".backup-agent-drill-0a0b0c0d");
  mkdirSync(left);
  execFileSync("touch", ["-d", "2026-01-01", left]);
  host.configure({}, { drill: { directory: host.directory } });
  const { exitCode, findings } = await host.doctor();
  expect(exitCode).toBe(0);
  expect(saidBy(findings, "drill-leftovers")).toMatchObject([
    { state: "warning", fix: expect.stringContaining(`rm -r ${left}`) },
  ]);
  expect(readdirSync(left)).toEqual([]);
});

test("a host with no application says what to do", async () => {
  const host = createDoctorHost();
  writeFileSync(host.configFile, "{}");
  const { exitCode, stdout } = await runProgramFile("backup-agent", ["doctor", "--config", host.configFile]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain("no application is configured or found on this host\n           -> run: backup-agent init");
});
