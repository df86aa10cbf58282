import { formatBytes } from "@catapullt/core/units";
import { findSizeChange } from "../message/change.ts";
import { countOf, formatMoment } from "../message/figures.ts";
import { describeRun, describeTrouble } from "../missed/describe.ts";
import type { JudgedJob } from "../missed/judge.ts";
import { keptRuns, type RecordedRun } from "../state/job-record.ts";
import { type DigestEntry, kindOf } from "./entry.ts";

export interface Period {
  since: Date;
  until: Date;
}

/** A job that nobody expects is no longer told of after this time without a run. */
const longestSilence = 31 * 86_400_000;

/** The jobs of a summary: all that are expected, and of the others those that ran or run lately. Pure. */
export function describeJobs(jobs: readonly JudgedJob[], period: Period): DigestEntry[] {
  return jobs.filter((job) => belongsInto(job, period)).map((job) => describeJob(job, period));
}

function belongsInto({ expectation, lastRun, running }: JudgedJob, { until }: Period): boolean {
  if (expectation !== undefined || running !== undefined) return true;
  return lastRun !== undefined && until.getTime() - lastRun.endedAt.getTime() <= longestSilence;
}

function describeJob(job: JudgedJob, period: Period): DigestEntry {
  const { lastRun, running, next, record } = job;
  const details = [
    ...describeRuns(record?.recent ?? [], period, running !== undefined),
    ...(lastRun === undefined ? [] : [`last ${describeRun(lastRun)}`, ...describeSize(record?.recent ?? [], lastRun)]),
    ...(running === undefined ? [] : [`running since ${formatMoment(running.startedAt)}`]),
    ...(next === undefined ? [] : [`next ${formatMoment(next)}`]),
  ];
  return {
    name: job.job,
    source: "job",
    kind: kindOf(job, period.since),
    reason: describeTrouble(job, period.until),
    details: details.join(", "),
  };
}

function describeRuns(recent: readonly RecordedRun[], { since, until }: Period, isRunning: boolean): string[] {
  const runs = recent.filter(({ endedAt }) => endedAt >= since && endedAt <= until);
  if (runs.length === 0) return isRunning ? [] : ["nothing ran"];
  const failed = runs.filter(({ state }) => state === "failure").length;
  const isAll = runs.length < keptRuns;
  return [`${isAll ? "" : "at least "}${countOf(runs.length, "run")}${failed === 0 ? "" : ` (${failed} failed)`}`];
}

function describeSize(recent: readonly RecordedRun[], last: RecordedRun): string[] {
  const { bytes } = last;
  if (bytes === undefined) return [];
  const percent = findSizeChange(bytes, recent.slice(0, recent.indexOf(last)))?.percent;
  const change = percent === undefined || percent === 0 ? "" : ` (${percent > 0 ? "+" : ""}${percent} %)`;
  return [`${formatBytes(bytes)}${change}`];
}
