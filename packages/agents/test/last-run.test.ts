import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { lastRunFile, lastRunSchema, lastRunSizeLimit } from "@catapullt/core/report/last-run";
import { expect, test } from "vitest";
import { createRestoreHost, namesIn, type RestoreHost } from "./restore-host.ts";

function createHost(keys = ""): RestoreHost & { place: string; source: string } {
  const host = createRestoreHost();
  const source = join(host.directory, "file");
  writeFileSync(source, "content");
  host.configure(`  intranet: { type: generic, version: { value: "1" }, paths: [${source}]${keys} }`);
  const place = join(host.workDirectory, "intranet");
  return { ...host, place, source };
}

function lastRun(place: string) {
  const text = readFileSync(join(place, lastRunFile), "utf8");
  expect(text.length).toBeLessThan(lastRunSizeLimit);
  expect(text.trimEnd()).not.toContain("\n");
  return lastRunSchema.parse(JSON.parse(text));
}

test("a backup that succeeds leaves its archive's name, for the archives' group only", async () => {
  const host = createHost();
  const { stdout } = await host.run("intranet");
  expect(lastRun(host.place)).toMatchObject({
    application: "intranet",
    state: "succeeded",
    archive: basename(stdout.trim()),
    endedAt: expect.any(String),
    failure: null,
  });
  expect(statSync(join(host.place, lastRunFile)).mode & 0o7777).toBe(0o640);
  expect(namesIn(host.place)).toHaveLength(3);
});

test("a backup that fails leaves why, in one short line", async () => {
  const host = createHost(`, hooks: { before: [["false", "first line\\nsecond line ${"x".repeat(5000)}"]] }`);
  mkdirSync(host.place);
  expect((await host.run("intranet")).exitCode).toBe(1);
  const { state, failure, archive, endedAt } = lastRun(host.place);
  expect({ state, archive, code: failure?.code }).toEqual({ state: "failed", archive: null, code: "hook-failed" });
  expect(endedAt).not.toBeNull();
  expect(failure?.message).toMatch(/false first line\\nsecond line xxx.*…$/);
  expect(Buffer.byteLength(failure?.message ?? "")).toBeLessThanOrEqual(2048);
});

test("an application that is not configured any more leaves `failed` where it was backed up before", async () => {
  const host = createHost();
  await host.run("intranet");
  host.configure("  {}");
  expect((await host.run("intranet")).exitCode).toBe(2);
  expect(lastRun(host.place)).toMatchObject({ state: "failed", failure: { code: "application-unknown" } });
});

test("an application's directory is not made for the sake of a trace, nor is another place written to", async () => {
  const host = createHost();
  mkdirSync(join(host.directory, "elsewhere"));
  for (const name of ["unknown", "../elsewhere", "../../etc"]) expect((await host.run(name)).exitCode).toBe(2);
  expect(namesIn(host.workDirectory)).toEqual([]);
  expect(namesIn(join(host.directory, "elsewhere"))).toEqual([]);
});

test("the archive is named although a hook failed after it was made", async () => {
  const host = createHost(`, hooks: { after: ["exit 7"] }`);
  expect((await host.run("intranet")).exitCode).toBe(1);
  const archive = namesIn(host.place).find((name) => name.endsWith(".zst"));
  expect(lastRun(host.place)).toMatchObject({ state: "failed", archive, failure: { code: "hook-failed" } });
});

test.each([
  ["SIGTERM", { state: "failed", failure: { code: "ended", message: "ended by SIGTERM" } }],
  ["SIGKILL", { state: "running", endedAt: null, failure: null }],
] as const)("a backup that is ended by %s leaves that", async (signal, expected) => {
  const host = createHost();
  await host.run("intranet");
  const mark = join(host.directory, "reached");
  const hook = signal === "SIGKILL" ? `touch ${mark}; kill -9 $PPID` : `touch ${mark}; kill -TERM $PPID; sleep 30`;
  host.configure(
    `  intranet: { type: generic, version: { value: "1" }, paths: [${host.source}], hooks: { before: ["${hook}"] } }`,
  );
  await host.run("intranet");
  expect(existsSync(mark)).toBe(true);
  expect(lastRun(host.place)).toMatchObject(expected);
});

test("a backup that takes longer than its time limit leaves that", async () => {
  const host = createHost(`, timeout: 1s, hooks: { before: ["sleep 30"] }`);
  mkdirSync(host.place);
  expect((await host.run("intranet")).exitCode).toBe(1);
  expect(lastRun(host.place)).toMatchObject({ state: "failed", failure: { code: "command-timeout" } });
});

test("a run that another one keeps from beginning leaves nothing of its own", async () => {
  const host = createHost();
  const begun = join(host.directory, "begun");
  const second = join(host.directory, "second");
  host.configure(
    `  intranet: { type: generic, version: { value: "1" }, paths: [${host.source}], hooks: { before: ["touch ${begun}; while [ ! -e ${second} ]; do sleep 0.1; done"] } }`,
  );
  mkdirSync(host.place);
  const first = host.start(["intranet"]);
  await expect.poll(() => existsSync(begun), { timeout: 20_000 }).toBe(true);
  const before = lastRun(host.place);
  expect(before.state).toBe("running");
  expect((await host.run("intranet")).exitCode).toBe(4);
  expect(lastRun(host.place)).toEqual(before);
  writeFileSync(second, "");
  expect((await first.ended).exitCode).toBe(0);
  expect(lastRun(host.place).state).toBe("succeeded");
});

test("a trace that cannot be written is a warning, and the backup goes on", async () => {
  const host = createHost();
  mkdirSync(join(host.place, lastRunFile), { recursive: true });
  const { exitCode, stderr } = await host.run("intranet");
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/WARN.*how this run went could not be noted in .*\.last-run\.json/);
});

test("a link that lies in the trace's place is replaced, not followed", async () => {
  const host = createHost();
  mkdirSync(host.place);
  const elsewhere = join(host.directory, "elsewhere");
  writeFileSync(elsewhere, "untouched");
  symlinkSync(elsewhere, join(host.place, lastRunFile));
  symlinkSync(elsewhere, join(host.place, `.${lastRunFile}.part`));
  expect((await host.run("intranet")).exitCode).toBe(0);
  expect(readFileSync(elsewhere, "utf8")).toBe("untouched");
  expect(lastRun(host.place).state).toBe("succeeded");
});
