import { errorMessage } from "@catapullt/core/errors";
import type { NotifyContext } from "../notify-context.ts";
import { updateRecord } from "../state/job-store.ts";
import type { JudgedJob } from "./judge.ts";

/**
 * Remembers since when a job has been missing, so that its next run that goes well is a recovery. Returns the job with what is
 * remembered. A state that cannot be kept costs no message.
 */
export async function markOverdue(
  job: JudgedJob,
  context: Pick<NotifyContext, "stateDirectory" | "log">,
): Promise<JudgedJob> {
  const since = job.hungSince ?? job.expectedAt;
  try {
    const { after } = await updateRecord(
      job.job,
      (record) => ({ ...record, overdueSince: record.overdueSince ?? since }),
      context,
    );
    return { ...job, record: after };
  } catch (error) {
    const { stateDirectory, log } = context;
    log.warn(
      `the job's state cannot be kept in ${stateDirectory}: ${errorMessage(error)}\n` +
        "its recovery will not be noticed; make the directory writable for this user, or set `stateDir` to one that is",
    );
    return job;
  }
}
