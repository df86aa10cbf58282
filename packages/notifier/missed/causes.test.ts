import { expect, it } from "vitest";
import { addRun, createRecord, type JobRecord, type RecordedRun } from "../state/job-record.ts";
import { type Evidence, findCauses } from "./causes.ts";
import { judgeJob } from "./judge.ts";

const now = new Date("2026-11-24T08:00:00Z");
const expectation = { schedule: "0 2 * * *", grace: 3_600_000 };

function recordOf(job: string, startedAt: string, more: Partial<RecordedRun> = {}): JobRecord {
  const moment = new Date(startedAt);
  return addRun(createRecord(job), { state: "success", startedAt: moment, endedAt: moment, exitCode: 0, ...more });
}

const last = recordOf("confluence", "2026-11-23T02:00:00Z");

function causes(evidence: Partial<Evidence>, record: JobRecord | null = last): string[] {
  const facts = { job: "confluence", expectation, record: record ?? undefined, running: [], watchedSince: new Date(0) };
  const records = [...(record === null ? [] : [record]), ...(evidence.records ?? [])];
  const all = {
    startedAt: new Date("2026-01-01T00:00:00Z"),
    hasCron: true,
    expected: ["confluence"],
    missing: ["confluence"],
    ...evidence,
  };
  return findCauses(judgeJob(facts, { now, timeZone: "UTC" }), { ...all, records });
}

it("first blames the cron entry where other jobs have run since", () => {
  const [first] = causes({ records: [recordOf("jira", "2026-11-24T03:00:00Z")] });
  expect(first).toBe(
    "its cron entry was removed, commented out or changed: other jobs have run since (jira at 2026-11-24 03:00:00 UTC)",
  );
});

it("first blames cron or the whole crontab where other jobs are missing as well", () => {
  const records = [recordOf("jira", "2026-11-23T03:00:00Z")];
  const [first] = causes({ records, missing: ["a", "b", "c", "confluence", "d", "e", "jira"] });
  expect(first).toBe("cron, or the whole crontab: other jobs are missing as well (a, b, c, d, e and 1 more)");
  expect(causes({ records })[0]).toBe("its cron entry was removed, commented out or changed");
});

it("first blames a host that was started after the expected time", () => {
  const [first] = causes({ startedAt: new Date("2026-11-24T07:30:00Z") });
  expect(first).toContain("the host was off: it was started at 2026-11-24 07:30:00 UTC, after the run was expected");
});

it("first blames cron where it does not run, unless another job has run since", () => {
  const missing = "cron does not run: this host has no process of it now";
  expect(causes({ hasCron: false })[0]).toBe(missing);
  expect(causes({ hasCron: undefined })).not.toContain(missing);
  const others = causes({ hasCron: false, records: [recordOf("jira", "2026-11-24T03:00:00Z")] });
  expect([others[0], others.includes(missing)]).toEqual([expect.stringContaining("its cron entry was removed"), true]);
});

it("first asks about the name of a job that never ran, where one of a similar name runs", () => {
  const stranger = recordOf("conflunce", "2026-11-24T02:00:00Z");
  expect(causes({ records: [stranger] }, null)[0]).toContain('its name: "conflunce" has run');
  const expected = ["confluence", "conflunce"];
  expect(causes({ records: [stranger], expected }, null).join()).not.toContain("its name");
});

it("speaks of a lock that the last run had met, and of a clock that was wrong", () => {
  const locked = recordOf("confluence", "2026-11-23T02:00:00Z", { state: "failure", exitCode: 4 });
  expect(causes({}, locked).join("\n")).toContain("a lock: its last run found");
  const ahead = addRun(last, { ...last.recent[0], startedAt: new Date("2031-01-01T00:00:00Z") } as RecordedRun);
  expect(causes({}, ahead)[0]).toContain("the clock: a run of it is dated in the future");
});
