import { spawn } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acquireLock } from "@catapullt/core/lock";
import { createLogger } from "@catapullt/core/log/logger";
import { programFile } from "@catapullt/testkit/programs";
import { expect, it } from "vitest";
import { watchJobs } from "../missed/watched-jobs.ts";
import { addRun, createRecord } from "../state/job-record.ts";
import { writeRecord } from "../state/job-store.ts";
import { finish, runNotify, type Setup, setUp, setUpWithSink, startNotify } from "./support.ts";

const hour = 3_600_000;
const log = createLogger({ format: "plain", level: "error", write: () => {} });
const daily = { every: 24 * hour, grace: 0 };

/** Adds what is expected to the configuration. */
function expectJobs({ configFile }: Setup, jobs: object, more: object = {}): void {
  const config = JSON.parse(readFileSync(configFile, "utf8"));
  writeFileSync(configFile, JSON.stringify({ ...config, ...more, jobs }));
}

/** Makes it look as if jobs had been expected for a week, every day, and had last run some hours ago, or never. */
async function pretend({ directory }: Setup, jobs: Record<string, number | undefined>): Promise<void> {
  const stateDirectory = join(directory, "state");
  const expected = Object.fromEntries(Object.keys(jobs).map((job) => [job, daily]));
  await watchJobs(expected, { stateDirectory, now: new Date(Date.now() - 168 * hour), log });
  for (const [job, hours] of Object.entries(jobs)) {
    if (hours === undefined) continue;
    const startedAt = new Date(Date.now() - hours * hour);
    const run = { state: "success" as const, startedAt, endedAt: startedAt, exitCode: 0 };
    await writeRecord(stateDirectory, addRun(createRecord(job), run));
  }
}

const everyDay = { every: "24h", grace: "0s" };

it("tells of a job that did not run, once, and of its next run as a recovery", async () => {
  const setup = await setUpWithSink({ on: ["failure", "recovery"] });
  const { mails } = setup.sink;
  expectJobs(setup, { nightly: everyDay, other: everyDay });
  await pretend(setup, { nightly: 30, other: 3 });

  const first = await runNotify(setup, ["check"]);
  expect([first.exitCode, first.stderr]).toEqual([1, ""]);
  expect(first.stdout.toString()).toMatch(
    /^JOB +STATE +EXPECTED +LAST RUN +RESULT +NEXT\nnightly +overdue .*\nother +ok /,
  );
  expect(first.stdout.toString()).toMatch(
    /\nnightly: overdue: it was expected at .* and did not run; .*\n\n1 finding\n$/,
  );
  expect(mails.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^\[backup\] OVERDUE nightly on /)]);
  expect(mails[0]?.text).toContain(
    "* its cron entry was removed, commented out or changed: other jobs have run since (other at",
  );

  expect((await runNotify(setup, ["check"])).exitCode).toBe(1);
  expect(mails).toHaveLength(1);

  expect((await runNotify(setup, ["--name", "nightly", "--", "true"])).exitCode).toBe(0);
  expect(mails).toHaveLength(2);
  expect(mails[1]?.subject).toContain("OK nightly");
  expect(mails[1]?.text).toMatch(/Was overdue +since /);
  const last = await runNotify(setup, ["check"]);
  expect([last.exitCode, last.stdout.toString().endsWith("\nhealthy\n")]).toEqual([0, true]);
  expect(mails).toHaveLength(2);
});

it("waits for the first time of a job that is new, and tells once it never came", async () => {
  const setup = await setUpWithSink();
  expectJobs(setup, { "nightly-rsync": { schedule: "0 2 * * *" } });
  const fresh = await runNotify(setup, ["check", "--json"]);
  expect([fresh.exitCode, setup.sink.mails]).toEqual([0, []]);
  expect(JSON.parse(fresh.stdout.toString())).toMatchObject({
    healthy: true,
    jobs: [{ job: "nightly-rsync", state: "waiting", lastRun: null }],
    findings: [],
    notes: [],
  });

  expectJobs(setup, { "nightly-rsync": everyDay });
  await pretend(setup, { "nightly-rsync": undefined });
  await runNotify(setup, ["--name", "nightly-rsycn", "--", "true"]);
  const { exitCode, stdout } = await runNotify(setup, ["check", "--json"]);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout.toString())).toMatchObject({
    healthy: false,
    findings: [{ job: "nightly-rsync", kind: "never-ran", message: expect.stringContaining("no run of it is known") }],
    notes: [expect.stringContaining("nightly-rsycn runs and `jobs` does not expect it")],
  });
  expect(setup.sink.mails.at(-1)?.subject).toMatch(/^\[backup\] NEVER RAN nightly-rsync on /);
});

it("tells of a run that hangs while it hangs, and of its end as a recovery", async () => {
  const setup = await setUpWithSink({ on: ["failure", "recovery"] });
  expectJobs(setup, { nightly: { ...everyDay, longest: "1s" } });
  const child = startNotify(setup, ["--name", "nightly", "--", "sh", "-c", "read -r line; echo got it"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  let found = await runNotify(setup, ["check", "--json"]);
  while (found.exitCode === 0 && child.exitCode === null) found = await runNotify(setup, ["check", "--json"]);
  expect(JSON.parse(found.stdout.toString()).findings).toMatchObject([{ job: "nightly", kind: "hung" }]);
  expect(setup.sink.mails.map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/^\[backup\] HANGS nightly on /),
  ]);
  expect(setup.sink.mails[0]?.text).toContain("read -r line; echo got it");

  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end("go on\n");
  expect(await ended).toBe(0);
  expect(setup.sink.mails).toHaveLength(2);
  expect(setup.sink.mails[1]?.subject).toContain("OK nightly");
});

it("says that a failing job is failing, and sends nothing: that was told", async () => {
  const setup = await setUpWithSink();
  expectJobs(setup, { nightly: everyDay });
  await runNotify(setup, ["--name", "nightly", "--", "sh", "-c", "exit 3"]);
  const { exitCode, stdout } = await runNotify(setup, ["check"]);
  expect(exitCode).toBe(1);
  expect(stdout.toString()).toMatch(/nightly: failing: it last ran at .* \(failed, exit code 3, after /);
  expect(setup.sink.mails).toHaveLength(1);
});

it("looks at the jobs that are named only", async () => {
  const setup = await setUpWithSink();
  expectJobs(setup, { nightly: everyDay, other: everyDay });
  await pretend(setup, { nightly: 30, other: 3 });
  expect((await runNotify(setup, ["check", "other"])).exitCode).toBe(0);
  expect(setup.sink.mails).toEqual([]);
});

it("refuses a job that it does not know, and a configuration that expects none, with what to write", async () => {
  const setup = setUp();
  const none = await runNotify(setup, ["check"]);
  expect(none.exitCode).toBe(2);
  expect(none.stderr).toMatch(
    /no job is expected: `jobs` is empty .*\n +jobs:\n +confluence: \{ schedule: '0 2 \* \* \*'/s,
  );
  expectJobs(setup, { confluence: everyDay, jira: everyDay });
  const unknown = await runNotify(setup, ["check", "conflunece"]);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('says of no job "conflunece" when it is expected (did you mean "confluence"?)');
  expect(unknown.stderr).toContain("it knows: confluence, jira");
});

it("leaves it to another check that is at it", async () => {
  const setup = await setUpWithSink();
  expectJobs(setup, { nightly: everyDay });
  await pretend(setup, { nightly: 30 });
  const lock = await acquireLock(join(setup.directory, "state", "locks"), "notify-check");
  const { exitCode, stderr } = await runNotify(setup, ["check"]);
  lock.release();
  expect([exitCode, setup.sink.mails]).toEqual([4, []]);
  expect(stderr).toContain("another run holds the lock");
});

it("says so where nobody would hear of it", async () => {
  const setup = setUp();
  expectJobs(setup, { nightly: everyDay });
  await pretend(setup, { nightly: 30 });
  const { exitCode, stderr } = await runNotify(setup, ["check"]);
  expect([exitCode, stderr.includes("nobody will hear of this: no transport is configured")]).toEqual([1, true]);
});

it("does not take what it may not read for a job that never ran", async () => {
  const setup = setUp();
  expectJobs(setup, { nightly: everyDay });
  await pretend(setup, { nightly: 3 });
  chmodSync(join(setup.directory, "state", "notify"), 0o000);
  // Root without the right to read everything.
  const drop = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : [];
  const [program = "", ...args] = [
    ...drop,
    process.execPath,
    programFile("notify"),
    "--config",
    setup.configFile,
    "check",
  ];
  const { exitCode, stdout, stderr } = await finish(spawn(program, args, { env: setup.environment }));
  expect([exitCode, stdout.toString()]).toEqual([1, ""]);
  expect(stderr).toMatch(/what ran cannot be read in .*state: EACCES.*\n.*run it as the user whose jobs these are/);
});
