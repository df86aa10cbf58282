import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import type { NotifyContext } from "../notify-context.ts";
import { listRunning, type RunningCommand } from "../running/journal.ts";
import type { JobRecord } from "../state/job-record.ts";
import { readRecords } from "../state/job-store.ts";
import { type Clock, type JudgedJob, judgeJob } from "./judge.ts";
import { watchJobs } from "./watched-jobs.ts";

/** How all jobs stand: those that are expected, in the configuration's order, then all others that ever ran, by name. */
export interface JobsView {
  jobs: JudgedJob[];
  /** Of all jobs that ever ran. */
  records: readonly JobRecord[];
  /** Names of the jobs that are expected. */
  expected: readonly string[];
  clock: Clock;
}

/** Judges all jobs by what the state directory holds. Throws `state-unusable` where that cannot be read: nobody would know. */
export async function judgeJobs(
  { config, stateDirectory, log }: Pick<NotifyContext, "config" | "stateDirectory" | "log">,
  { now, isDryRun = false }: { now: Date; isDryRun?: boolean },
): Promise<JobsView> {
  const clock = { now, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  const { records, running } = await readState(stateDirectory);
  const watched = await watchJobs(config.jobs, { stateDirectory, now, log, isDryRun });
  const expected = Object.keys(config.jobs);
  const names = new Set([...expected, ...records.map(({ job }) => job), ...running.map(({ job }) => job)]);
  const jobs = [...names].map((job) =>
    judgeJob(
      {
        job,
        expectation: Object.hasOwn(config.jobs, job) ? config.jobs[job] : undefined,
        record: records.find((record) => record.job === job),
        running: running.filter((command) => command.job === job),
        watchedSince: watched.get(job) ?? new Date(0),
      },
      clock,
    ),
  );
  return { jobs, records, expected, clock };
}

async function readState(
  stateDirectory: string,
): Promise<{ records: readonly JobRecord[]; running: readonly RunningCommand[] }> {
  try {
    const records = (await readRecords(stateDirectory)).filter(({ recent }) => recent.length > 0);
    return { records, running: await listRunning(stateDirectory) };
  } catch (error) {
    if (!hasErrorCode(error, "EACCES", "EPERM", "EIO")) throw error;
    throw new OperationError("state-unusable", `what ran cannot be read in ${stateDirectory}: ${errorMessage(error)}`, {
      hint: "run it as the user whose jobs these are, or make the directory readable for this one",
      cause: error,
    });
  }
}
