import { suggest } from "@catapullt/core/config/suggestion";
import { exitCodes } from "@catapullt/core/exit-codes";
import { formatMoment } from "../message/figures.ts";
import type { JobRecord } from "../state/job-record.ts";
import type { HostEvidence } from "./host-evidence.ts";
import type { JudgedJob } from "./judge.ts";

/** What may explain that a job did not run. */
export interface Evidence extends HostEvidence {
  /** All jobs that ever ran, those that nobody expects too. */
  records: readonly JobRecord[];
  /** Names of the jobs that are expected, and of those of them that are missing now. */
  expected: readonly string[];
  missing: readonly string[];
}

/** Likely causes of a run that did not come, the one with the strongest evidence first. Pure. */
export function findCauses(job: JudgedJob, evidence: Evidence): string[] {
  const { startedAt, hasCron } = evidence;
  const expectedAt = job.expectedAt ?? new Date(0);
  const other = latestOther(job, evidence);
  const namesake = job.lastRun === undefined ? findNamesake(job.job, evidence) : undefined;
  const others = evidence.missing.filter((name) => name !== job.job);
  const hasOtherRun = other !== undefined && other.startedAt >= expectedAt;
  const causes = [
    namesake !== undefined &&
      `its name: ${JSON.stringify(namesake)} has run, and \`jobs\` says nothing of that one; if the same is meant, correct one of them (the name is what --name says, else it comes from the command)`,
    startedAt !== undefined &&
      startedAt > expectedAt &&
      `the host was off: it was started at ${formatMoment(startedAt)}, after the run was expected, and cron does not make up for what it missed`,
    hasCron === false && !hasOtherRun && "cron does not run: this host has no process of it now",
    job.isAheadOfClock &&
      "the clock: a run of it is dated in the future, so this host's clock was wrong then, or is now",
    hasOtherRun &&
      `its cron entry was removed, commented out or changed: other jobs have run since (${other.job} at ${formatMoment(other.startedAt)})`,
    job.lastRun?.exitCode === exitCodes.locked &&
      "a lock: its last run found that another run of the same held it, and did nothing",
    !hasOtherRun &&
      others.length > 0 &&
      `cron, or the whole crontab: other jobs are missing as well (${listSome(others)})`,
    !hasOtherRun && "its cron entry was removed, commented out or changed",
    hasOtherRun && hasCron === false && "cron does not run: this host has no process of it now",
    "the command in its cron entry is not started through notify, runs as another user with another `stateDir`, or ended before notify began",
  ];
  return causes.filter((cause) => cause !== false);
}

const longestList = 5;

function listSome(names: readonly string[]): string {
  const more = names.length - longestList;
  return `${names.slice(0, longestList).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** The other job that began last. */
function latestOther({ job }: JudgedJob, { records }: Evidence): { job: string; startedAt: Date } | undefined {
  return records
    .filter((record) => record.job !== job)
    .flatMap((record) => record.recent.map(({ startedAt }) => ({ job: record.job, startedAt })))
    .reduce<{ job: string; startedAt: Date } | undefined>(
      (latest, run) => (latest === undefined || run.startedAt > latest.startedAt ? run : latest),
      undefined,
    );
}

/** A job that runs, that nobody expects, and whose name is close to one that is expected and never ran. Pure. */
export function findNamesake(
  job: string,
  { records, expected }: Pick<Evidence, "records" | "expected">,
): string | undefined {
  const strangers = records.map((record) => record.job).filter((name) => !expected.includes(name));
  return suggest(job, strangers);
}
