import { errorMessage } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { addLateRun, addRun, createRecord, type JobRecord, type RecordedRun } from "./job-record.ts";
import { updateRecord } from "./job-store.ts";

/** Adds a run to what is known of its job, and returns what was known before. A state that cannot be kept costs no message. */
export async function recordRun(
  job: string,
  run: RecordedRun,
  { stateDirectory, log, isLate = false }: { stateDirectory: string; log: Logger; isLate?: boolean },
): Promise<JobRecord> {
  try {
    const add = isLate ? addLateRun : addRun;
    return (await updateRecord(job, (record) => add(record, run), { stateDirectory, log })).before;
  } catch (error) {
    log.warn(
      `the job's state cannot be kept in ${stateDirectory}: ${errorMessage(error)}\n` +
        "recoveries will not be noticed; make the directory writable for this user, or set `stateDir` to one that is",
    );
    return createRecord(job);
  }
}
