import { type Due, findDue, findNext } from "@catapullt/core/schedule/due";
import type { NotifyConfig } from "../config.ts";
import type { RunningCommand } from "../running/journal.ts";
import type { JobRecord, RecordedRun } from "../state/job-record.ts";

export type JobExpectation = NotifyConfig["jobs"][string];

/** How a job stands. `waiting`: it never ran, and its first run is not due yet. */
export const jobStates = ["ok", "warning", "failing", "overdue", "hung", "never-ran", "running", "waiting"] as const;

export type JobState = (typeof jobStates)[number];

/** All that is known of a job. */
export interface JobFacts {
  job: string;
  /** Undefined for a job that nobody expects. */
  expectation: JobExpectation | undefined;
  record: JobRecord | undefined;
  /** Its commands that run now. */
  running: readonly RunningCommand[];
  /** Since when it has been expected: nothing before that can be missing. */
  watchedSince: Date;
}

export interface Clock {
  now: Date;
  /** Of schedules that name none. */
  timeZone: string;
}

export interface JudgedJob extends Pick<JobFacts, "job" | "expectation" | "record"> {
  state: JobState;
  /** When the run that is due, or will be the next to be missed, was expected; undefined before the first. */
  expectedAt: Date | undefined;
  /** The last run that ended. */
  lastRun: RecordedRun | undefined;
  /** The command that hangs, or else the last that began and runs. */
  running: RunningCommand | undefined;
  /** When a job that hangs should have ended. */
  hungSince: Date | undefined;
  /** When it is expected to run next; undefined where that is not known, or past already. */
  next: Date | undefined;
  /** True where a run is dated in the future: the clock was wrong. */
  isAheadOfClock: boolean;
}

/** A run may seem to begin that much later than now: the clock was set right by a little. */
const clockTolerance = 60_000;

/** Says how a job stands. Pure. */
export function judgeJob(facts: JobFacts, clock: Clock): JudgedJob {
  const { job, expectation, record } = facts;
  const latest = new Date(clock.now.getTime() + clockTolerance);
  const runs = (record?.recent ?? []).filter(({ startedAt }) => startedAt <= latest);
  const lastRun = runs.reduce<RecordedRun | undefined>(newer, undefined);
  const running = facts.running.filter(({ processLives }) => processLives);
  const due = expectation && findDueRun(facts, lastRun, { expectation, clock });
  const hung = findHung(running, due, { expectation, now: clock.now });
  const newest = running.reduce<RunningCommand | undefined>(newer, undefined);
  const last = newest ?? lastRun;
  return {
    job,
    expectation,
    record,
    state: hung === undefined ? stateOf({ lastRun, newest, due }) : "hung",
    expectedAt: due?.expectedAt,
    lastRun,
    running: hung?.command ?? newest,
    hungSince: hung?.since,
    next: expectation && findComing(expectation, last?.startedAt ?? facts.watchedSince, clock),
    isAheadOfClock: runs.length < (record?.recent.length ?? 0),
  };
}

/** True where a run is missing or does not end, of which nobody else tells. */
export function isMissed({ state }: Pick<JudgedJob, "state">): boolean {
  return state === "overdue" || state === "never-ran" || state === "hung";
}

function findComing(expectation: JobExpectation, last: Date, clock: Clock): Date | undefined {
  const next = findNext(expectation, { ...clock, last });
  return next !== undefined && next > clock.now ? next : undefined;
}

/** What must have begun by now, were the job watched for long enough. */
function findDueRun(
  { watchedSince }: JobFacts,
  lastRun: RecordedRun | undefined,
  { expectation, clock }: { expectation: JobExpectation; clock: Clock },
): Due | undefined {
  const due = findDue(expectation, clock);
  const { every } = expectation;
  if (every === undefined) return due && due.expectedAt >= watchedSince ? due : undefined;
  const begin = Math.max(lastRun?.startedAt.getTime() ?? 0, watchedSince.getTime());
  if (due === undefined || due.since < watchedSince) return undefined;
  return { since: due.since, expectedAt: new Date(begin + every) };
}

function stateOf({
  lastRun,
  newest,
  due,
}: {
  lastRun: RecordedRun | undefined;
  newest: RunningCommand | undefined;
  due: Due | undefined;
}): JobState {
  const isMet = (run: { startedAt: Date } | undefined) =>
    due === undefined || (run !== undefined && run.startedAt >= due.since);
  if (!isMet(lastRun)) {
    if (newest !== undefined && isMet(newest)) return "running";
    return lastRun === undefined ? "never-ran" : "overdue";
  }
  if (lastRun?.state === "failure") return "failing";
  if (newest !== undefined) return "running";
  if (lastRun === undefined) return "waiting";
  return lastRun.state === "warning" ? "warning" : "ok";
}

/** The first command that runs for longer than it may, or while the next run is already due. */
function findHung(
  running: readonly RunningCommand[],
  due: Due | undefined,
  { expectation, now }: { expectation: JobExpectation | undefined; now: Date },
): { command: RunningCommand; since: Date } | undefined {
  const { longest, every } = expectation ?? {};
  for (const command of running) {
    const begin = command.startedAt.getTime();
    if (longest !== undefined && now.getTime() - begin > longest) return { command, since: new Date(begin + longest) };
    if (due !== undefined && command.startedAt < due.since)
      return { command, since: every === undefined ? due.expectedAt : new Date(begin + every) };
  }
  return undefined;
}

function newer<T extends { startedAt: Date }>(one: T | undefined, other: T): T {
  return one === undefined || other.startedAt >= one.startedAt ? other : one;
}
