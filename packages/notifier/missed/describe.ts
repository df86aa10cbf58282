import { formatDuration, formatMoment as formatShort } from "@catapullt/core/units";
import { countOf, formatMoment } from "../message/figures.ts";
import type { RecordedRun } from "../state/job-record.ts";
import type { JobExpectation, JobState, JudgedJob } from "./judge.ts";

/** As tables and messages call the states. */
export const stateWords: Record<JobState, string> = {
  ok: "ok",
  warning: "warning",
  failing: "failing",
  overdue: "overdue",
  hung: "hung",
  "never-ran": "never ran",
  running: "running",
  waiting: "not due yet",
};

/** `0 2 * * * (Europe/Berlin), at most 1 h late`: when a job is expected. */
export function describeExpectation({ every, schedule, timeZone, grace }: JobExpectation, hostZone: string): string {
  const times =
    schedule === undefined ? `every ${formatDuration(every ?? 0)}` : `${schedule} (${timeZone ?? hostZone})`;
  return `${times}, at most ${formatDuration(grace)} late`;
}

/** `OK`, `failed, exit code 3`: how a run ended. */
export function describeResult({ state, exitCode }: RecordedRun): string {
  if (state === "success") return "OK";
  if (state === "warning") return "warning";
  return exitCode === 0 ? "failed" : `failed, exit code ${exitCode}`;
}

/** `2026-11-24 02:00:00 UTC, OK, after 3 min 5 s` */
export function describeRun(run: RecordedRun, separator = ", "): string {
  const duration = formatDuration(Math.max(0, run.endedAt.getTime() - run.startedAt.getTime()));
  return `${formatMoment(run.startedAt)}${separator}${describeResult(run)}, after ${duration}`;
}

function describeLastRun(run: RecordedRun | undefined): string {
  return run === undefined ? "no run of it is known" : `it last ran at ${describeRun(run, " (")})`;
}

/** Why a job is no good, in one sentence; undefined where it is. */
export function describeTrouble(job: JudgedJob, now: Date): string | undefined {
  const { state, expectedAt, lastRun } = job;
  const expected = expectedAt === undefined ? "" : `it was expected at ${formatMoment(expectedAt)}`;
  switch (state) {
    case "overdue":
      return `${expected} and did not run; ${describeLastRun(lastRun)}`;
    case "never-ran":
      return `${expected}, and no run of it is known`;
    case "hung":
      return describeHung(job, now);
    case "failing":
      return describeFailing(job);
    default:
      return undefined;
  }
}

function describeFailing({ lastRun, running, record }: JudgedJob): string {
  const { streak } = record ?? {};
  const isRow = streak?.state === "failure" && streak.runs > 1;
  const row = isRow ? `; failing since ${formatMoment(streak.since)}, ${countOf(streak.runs, "run")} in a row` : "";
  const again = running === undefined ? "" : `; it was started again at ${formatMoment(running.startedAt)} and runs`;
  return `${describeLastRun(lastRun)}${row}${again}`;
}

function describeHung({ running, expectation, expectedAt, hungSince }: JudgedJob, now: Date): string {
  if (running === undefined) return "it does not end";
  const age = formatDuration(Math.max(0, now.getTime() - running.startedAt.getTime()));
  const begin = `it has run since ${formatMoment(running.startedAt)}, for ${age}`;
  const { longest } = expectation ?? {};
  if (longest !== undefined && now.getTime() - running.startedAt.getTime() > longest)
    return `${begin}; at most ${formatDuration(longest)} is expected (\`longest\`)`;
  return `${begin}, and its next run was due at ${formatMoment(hungSince ?? expectedAt ?? now)}`;
}

/** `2026-11-24 02:00` in UTC for tables, `-` where there is none. */
export function formatCell(moment: Date | undefined): string {
  return moment === undefined ? "-" : formatShort(moment, "minute");
}
