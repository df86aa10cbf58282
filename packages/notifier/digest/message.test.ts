import { describe, expect, it } from "vitest";
import { notifyConfigSchema } from "../config.ts";
import { judgeJob } from "../missed/judge.ts";
import type { RunningCommand } from "../running/journal.ts";
import { addRun, createRecord, type JobRecord, type RecordedRun } from "../state/job-record.ts";
import { describeVerdict } from "./archiver.ts";
import { describeJobs } from "./job-entry.ts";
import { renderDigest } from "./message.ts";

const at = (text: string) => new Date(`2026-11-${text}:00Z`);
const now = at("24T08:00");
const period = { since: at("23T08:00"), until: now };
const nightly = { schedule: "0 2 * * *" };
const schema = notifyConfigSchema();

function run(startedAt: Date, more: Partial<RecordedRun> = {}): RecordedRun {
  return { state: "success", startedAt, endedAt: new Date(startedAt.getTime() + 185_000), exitCode: 0, ...more };
}

interface Job {
  expect?: object;
  runs?: RecordedRun[];
  running?: RunningCommand[];
  watchedSince?: Date;
}

function digest(jobs: Record<string, Job>, archived: Parameters<typeof describeVerdict>[0][] = []) {
  const judged = Object.entries(jobs).map(([job, { expect: times, runs = [], ...more }]) => {
    const config = schema.parse({ jobs: times === undefined ? {} : { [job]: times } });
    const record = runs.reduce<JobRecord>(addRun, createRecord(job));
    const facts = { job, expectation: config.jobs[job], record, running: [], watchedSince: new Date(0), ...more };
    return judgeJob(facts, { now, timeZone: "UTC" });
  });
  const entries = [...describeJobs(judged, period), ...archived.flatMap(describeVerdict)];
  return renderDigest({ host: "wiki01", period, entries });
}

const failure = { state: "failure", exitCode: 3 } as const;

it("says how all jobs stand, what is wrong first", () => {
  const fine = [run(at("23T02:00"), { bytes: 1_000_000_000 }), run(at("24T02:00"), { bytes: 1_021_000_000 })];
  const { subject, text, state, kind } = digest({
    confluence: { expect: nightly, runs: fine },
    jira: { expect: nightly, runs: [run(at("23T02:00"), failure), run(at("24T02:00"), failure)] },
    gitea: { expect: nightly, runs: [run(at("22T02:00"))] },
  });
  expect([kind, state]).toEqual(["digest", "failure"]);
  expect(subject).toBe("[backup] 1 OK, 1 failed, 1 overdue on wiki01");
  expect(text).toBe(`FAILED: 1 OK, 1 failed, 1 overdue on wiki01
3 jobs, from 2026-11-23 08:00:00 UTC to 2026-11-24 08:00:00 UTC

What is wrong
-------------
jira: failed: it last ran at 2026-11-24 02:00:00 UTC (failed, exit code 3, after 3 min 5 s); failing since 2026-11-23 02:03:05 UTC, 2 runs in a row
gitea: overdue: it was expected at 2026-11-24 02:00:00 UTC and did not run; it last ran at 2026-11-22 02:00:00 UTC (OK, after 3 min 5 s)

Jobs
----
jira        failed: 1 run (1 failed), last 2026-11-24 02:00:00 UTC, failed, exit code 3, after 3 min 5 s, next 2026-11-25 02:00:00 UTC
gitea       overdue: nothing ran, last 2026-11-22 02:00:00 UTC, OK, after 3 min 5 s, next 2026-11-25 02:00:00 UTC
confluence  OK: 1 run, last 2026-11-24 02:00:00 UTC, OK, after 3 min 5 s, 1.02 GB (+2.1 %), next 2026-11-25 02:00:00 UTC
`);
});

describe("the counts of the subject", () => {
  const old = [run(at("20T02:00"))];
  const running = [{ job: "r", command: ["x"], startedAt: at("24T02:00"), processLives: true }];
  it.each<[string, string, Record<string, Job>]>([
    ["nothing at all", "0 OK", {}],
    ["a warning", "0 OK, 1 warning", { a: { expect: nightly, runs: [run(at("24T02:00"), { state: "warning" })] } }],
    ["a job that never ran", "0 OK, 1 never ran", { a: { expect: nightly } }],
    ["one that is new", "0 OK, 1 not due yet", { a: { expect: nightly, watchedSince: at("24T07:00") } }],
    ["one that runs", "0 OK, 1 running", { r: { expect: nightly, running: running } }],
    ["one that hangs", "0 OK, 1 hung", { r: { expect: { ...nightly, longest: "1h" }, running: running } }],
    ["one that nobody expects, and that ran", "1 OK", { a: { runs: [run(at("24T02:00"))] } }],
    ["one that nobody expects, and that did not run", "0 OK, 1 idle", { a: { runs: old } }],
    [
      "one that nobody expects, and that failed some days ago",
      "0 OK, 1 failed",
      { a: { runs: [run(at("20T02:00"), failure)] } },
    ],
    [
      "one that nobody expects, and that was used last month",
      "0 OK",
      { a: { runs: [run(new Date("2026-10-01T02:00:00Z"))] } },
    ],
    ["a weekly one that is not due", "1 OK", { a: { expect: { schedule: "0 2 * * 5" }, runs: old } }],
  ])("know %s", (_, counts, jobs) => {
    expect(digest(jobs).subject).toBe(`[backup] ${counts} on wiki01`);
  });

  it("are followed by what the archiver says, which makes a good summary a bad one", () => {
    const jobs = { a: { expect: nightly, runs: [run(at("24T02:00"))] } };
    expect(digest(jobs).state).toBe("success");
    const verdict = {
      healthy: false,
      findings: [{ host: "wiki02", application: "jira", kind: "stale", message: "no backup since …" }],
      applications: [{ host: "wiki02", application: "jira", state: "stale" }],
    };
    const { subject, state, text } = digest(jobs, [verdict]);
    expect([subject, state]).toEqual(["[backup] 1 OK, 1 overdue on wiki01", "failure"]);
    expect(text).toContain("wiki02/jira: overdue: stale: no backup since …");
    expect(text).toContain("Backups in the vault\n");
  });
});

it("says of a job that runs more often than is remembered that there were at least so many", () => {
  const runs = Array.from({ length: 96 }, (_, index) => run(new Date(period.since.getTime() + index * 900_000)));
  expect(digest({ a: { expect: { every: "15m" }, runs } }).text).toContain("OK: at least 60 runs, last");
});

it("stays bounded, and lets no name become a line or markup", () => {
  const name = "x\r\nBcc: all@example.com\u001b[2J<b>";
  const many = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, index) => [`${name}${index}`, { expect: nightly }]),
  );
  const { subject, text, html } = digest(many);
  expect(subject).toBe("[backup] 0 OK, 3000 never ran on wiki01");
  expect(text).toMatch(/…\s+2800 more/);
  expect(text.length).toBeLessThan(100_000);
  expect(text).not.toMatch(/^Bcc|(?!\n)\p{Cc}/mu);
  expect(html).not.toContain("<b>");
});
