import { describe, expect, it } from "vitest";
import { notifyConfigSchema } from "../config.ts";
import type { RunningCommand } from "../running/journal.ts";
import { addRun, createRecord, type JobRecord, type RecordedRun } from "../state/job-record.ts";
import { judgeJob } from "./judge.ts";

const minute = 60_000;
const at = (text: string) => new Date(`2026-11-${text}:00Z`);

function run(startedAt: Date, more: Partial<RecordedRun> = {}): RecordedRun {
  return { state: "success", startedAt, endedAt: new Date(startedAt.getTime() + 5 * minute), exitCode: 0, ...more };
}

const recordOf = (...runs: RecordedRun[]): JobRecord => runs.reduce(addRun, createRecord("x"));

const command = (startedAt: Date, more: Partial<RunningCommand> = {}): RunningCommand => ({
  job: "x",
  command: ["sleep"],
  startedAt,
  processLives: true,
  ...more,
});

interface Given {
  expect?: object | undefined;
  runs?: RecordedRun[];
  running?: RunningCommand[];
  watchedSince?: Date;
  now: Date;
  timeZone?: string;
}

function judge({ expect: times = { schedule: "0 2 * * *", grace: "1h" }, runs = [], running = [], ...given }: Given) {
  const { jobs } = notifyConfigSchema().parse({ jobs: { x: times } });
  return judgeJob(
    {
      job: "x",
      expectation: jobs.x,
      record: runs.length === 0 ? undefined : recordOf(...runs),
      running,
      watchedSince: given.watchedSince ?? new Date(0),
    },
    { now: given.now, timeZone: given.timeZone ?? "UTC" },
  );
}

describe("a job with a schedule", () => {
  it.each([
    ["a run at its time is fine", "24T02:00", "24T08:00", "ok"],
    ["last night's is enough until tonight's grace is over", "23T02:00", "24T02:59", "ok"],
    ["then it is overdue", "23T02:00", "24T03:01", "overdue"],
    ["a run by hand, later, is fine too", "24T07:30", "24T08:00", "ok"],
    ["a clock that was set right by minutes does no harm", "24T01:50", "24T08:00", "ok"],
  ])("%s", (_, last, now, state) => {
    expect(judge({ runs: [run(at(last))], now: at(now) })).toMatchObject({ state });
  });

  it("says since when, what ran last, and what is next", () => {
    const judged = judge({ runs: [run(at("22T02:00"))], now: at("24T08:00") });
    expect(judged).toMatchObject({
      state: "overdue",
      expectedAt: at("24T02:00"),
      lastRun: { startedAt: at("22T02:00") },
      next: at("25T02:00"),
    });
  });

  it("is read in its own time zone, else in this host's", () => {
    const times = { schedule: "0 2 * * *", timeZone: "Europe/Berlin" };
    expect(judge({ expect: times, now: at("24T08:00") }).expectedAt).toEqual(at("24T01:00"));
    expect(judge({ now: at("24T08:00"), timeZone: "Asia/Tokyo" }).expectedAt).toEqual(at("23T17:00"));
  });
});

describe("a job with an interval", () => {
  const times = { every: "6h", grace: "30m" };
  it.each([
    ["24T02:00", "24T07:59", "ok", at("24T08:00")],
    ["24T02:00", "24T08:30", "ok", undefined],
    ["24T02:00", "24T08:31", "overdue", undefined],
  ])("that ran at %s stands at %s as %s", (last, now, state, next) => {
    expect(judge({ expect: times, runs: [run(at(last))], now: at(now) })).toMatchObject({ state, next });
  });

  it("was expected an interval after its last run", () => {
    expect(judge({ expect: times, runs: [run(at("24T02:00"))], now: at("25T12:00") }).expectedAt).toEqual(
      at("24T08:00"),
    );
  });
});

describe("a job that is new in the configuration", () => {
  const watchedSince = at("24T12:00");
  it.each([
    ["is waited for", "24T12:00", "waiting"],
    ["until its first time", "25T02:30", "waiting"],
    ["and its grace are over", "25T03:00", "never-ran"],
  ])("%s (%s)", (_, now, state) => {
    expect(judge({ watchedSince, now: at(now) })).toMatchObject({ state });
  });

  it("is not overdue for what was not expected of it before", () => {
    const old = [run(at("20T02:00"))];
    expect(judge({ watchedSince, runs: old, now: at("25T02:59") })).toMatchObject({ state: "ok" });
    expect(judge({ watchedSince, runs: old, now: at("25T03:00") })).toMatchObject({ state: "overdue" });
    const times = { every: "24h", grace: "1h" };
    expect(judge({ expect: times, watchedSince, runs: old, now: at("25T12:59") })).toMatchObject({ state: "ok" });
    expect(judge({ expect: times, watchedSince, runs: old, now: at("25T13:00") })).toMatchObject({
      state: "overdue",
      expectedAt: at("25T12:00"),
    });
    expect(judge({ expect: times, watchedSince, now: at("25T13:00") })).toMatchObject({ state: "never-ran" });
  });
});

describe("a job whose last run failed", () => {
  const failed = run(at("24T02:00"), { state: "failure", exitCode: 3 });

  it("is failing, and not overdue: that was told", () => {
    expect(judge({ runs: [failed], now: at("24T08:00") })).toMatchObject({ state: "failing" });
  });

  it("is failing while it is tried again, and overdue once the next run does not come", () => {
    const again = command(at("24T07:00"));
    expect(judge({ runs: [failed], running: [again], now: at("24T08:00") })).toMatchObject({ state: "failing" });
    expect(judge({ runs: [failed], now: at("25T08:00") })).toMatchObject({ state: "overdue" });
  });
});

describe("a job that runs", () => {
  const yesterday = run(at("23T02:00"));

  it("is no longer missed", () => {
    expect(judge({ runs: [yesterday], running: [command(at("24T02:00"))], now: at("24T08:00") })).toMatchObject({
      state: "running",
    });
  });

  it("hangs once it takes longer than it may", () => {
    const times = { schedule: "0 2 * * *", longest: "2h" };
    const running = [command(at("24T02:00"))];
    expect(judge({ expect: times, runs: [yesterday], running, now: at("24T04:00") })).toMatchObject({
      state: "running",
    });
    expect(judge({ expect: times, runs: [yesterday], running, now: at("24T04:01") })).toMatchObject({
      state: "hung",
      hungSince: at("24T04:00"),
    });
  });

  it.each([
    ["by schedule", undefined, at("25T02:00")],
    ["by interval", { every: "24h", grace: "1h" }, at("25T02:00")],
  ])("hangs while its next run is due, %s", (_, times, hungSince) => {
    const running = [command(at("24T02:00"))];
    expect(judge({ expect: times, runs: [yesterday], running, now: at("25T02:59") })).toMatchObject({
      state: "running",
    });
    expect(judge({ expect: times, runs: [yesterday], running, now: at("25T03:01") })).toMatchObject({
      state: "hung",
      hungSince,
    });
  });

  it("hangs although later runs found it there and failed, or ended well beside it", () => {
    const running = [command(at("22T02:00"))];
    const locked = run(at("24T02:00"), { state: "failure", exitCode: 4 });
    expect(judge({ runs: [locked], running, now: at("24T08:00") })).toMatchObject({ state: "hung" });
    expect(judge({ runs: [run(at("24T02:00"))], running, now: at("24T08:00") })).toMatchObject({ state: "hung" });
  });

  it("does not run if its process is gone", () => {
    const gone = command(at("24T02:00"), { processLives: false });
    expect(judge({ runs: [yesterday], running: [gone], now: at("24T08:00") })).toMatchObject({
      state: "overdue",
      running: undefined,
    });
  });
});

it("does not take a run that is dated in the future for one that came", () => {
  const judged = judge({ runs: [run(at("22T02:00")), run(new Date("2031-01-01T02:00:00Z"))], now: at("24T08:00") });
  expect(judged).toMatchObject({ state: "overdue", isAheadOfClock: true, lastRun: { startedAt: at("22T02:00") } });
});

it("expects nothing of a job that is not configured", () => {
  const facts = { job: "x", expectation: undefined, running: [], watchedSince: new Date(0) };
  const clock = { now: at("24T08:00"), timeZone: "UTC" };
  const judged = judgeJob({ ...facts, record: recordOf(run(at("01T02:00"), { state: "warning" })) }, clock);
  expect(judged).toMatchObject({ state: "warning", expectedAt: undefined, next: undefined });
});
