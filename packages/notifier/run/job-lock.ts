import { createHash } from "node:crypto";
import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { acquireLock, type Lock, readLockHolder } from "@catapullt/core/lock";
import { formatMoment } from "@catapullt/core/units";
import type { Ending } from "../ending.ts";

/** The lock that keeps a second run of a job from beginning, or how the run that may not begin ends. */
export async function lockJob(job: string, stateDirectory: string): Promise<{ lock: Lock } | { ending: Ending }> {
  // A job's name may hold anything.
  const file = `notify-job-${createHash("sha256").update(job).digest("hex").slice(0, 24)}`;
  const directory = join(stateDirectory, "locks");
  try {
    return { lock: await acquireLock(directory, file) };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    if (error.code === "locked") return { ending: { kind: "locked", holder: await describeHolder(directory, file) } };
    const hint = error.hint === undefined ? "" : `; ${error.hint}`;
    return { ending: { kind: "not-started", exitCode: 125, problem: `${error.message}${hint}` } };
  }
}

async function describeHolder(directory: string, name: string): Promise<string> {
  const holder = await readLockHolder(directory, name);
  return holder === undefined ? "" : `since ${formatMoment(new Date(holder.since))} UTC (process ${holder.pid})`;
}
