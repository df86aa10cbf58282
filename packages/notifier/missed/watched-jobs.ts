import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { errorMessage, hasErrorCode } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { makeDirectory } from "@catapullt/core/make-directory";
import { z } from "zod";
import type { JobExpectation } from "./judge.ts";

const watchedSchema = z.record(
  z.string(),
  z.object({ times: z.string(), since: z.iso.datetime().transform((text) => new Date(text)) }),
);

type WatchedJobs = z.infer<typeof watchedSchema>;

export interface WatchContext {
  stateDirectory: string;
  now: Date;
  log: Logger;
  /** True where nothing may be written. */
  isDryRun?: boolean;
}

/**
 * Since when each job has been expected as it is now: a job that was added, or whose times were changed, is not missed before
 * its first time after that. What is new is remembered from now on. Where that cannot be kept, jobs count as expected since
 * ever: rather a message too many than one too few.
 */
export async function watchJobs(
  jobs: Readonly<Record<string, JobExpectation>>,
  { stateDirectory, now, log, isDryRun = false }: WatchContext,
): Promise<Map<string, Date>> {
  const path = join(stateDirectory, "notify", "watched.json");
  try {
    const before = await readWatched(path, log);
    const watched = updateWatched(before, jobs, now);
    if (!isDryRun && JSON.stringify(watched) !== JSON.stringify(before)) await writeWatched(path, watched);
    return new Map(Object.entries(watched).map(([job, { since }]) => [job, since]));
  } catch (error) {
    if (!hasErrorCode(error, "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOTDIR", "EIO", "EISDIR")) throw error;
    log.warn(
      `what \`jobs\` expects cannot be remembered in ${path}: ${errorMessage(error)}\n` +
        "jobs that are new may be told as missing; make the directory writable for this user, or set `stateDir` to one that is",
    );
    return new Map();
  }
}

/** Pure: what was known of jobs that are still expected at the same times, and the others from now on. */
export function updateWatched(
  before: WatchedJobs,
  jobs: Readonly<Record<string, JobExpectation>>,
  now: Date,
): WatchedJobs {
  const entries = Object.entries(jobs).map(([job, { schedule, every, timeZone }]) => {
    const times = JSON.stringify({ schedule, every, timeZone });
    const known = Object.hasOwn(before, job) ? before[job] : undefined;
    // A clock that was wrong may have left a moment that is still to come.
    return [job, known?.times === times && known.since <= now ? known : { times, since: now }] as const;
  });
  return Object.fromEntries(entries);
}

async function readWatched(path: string, log: Logger): Promise<WatchedJobs> {
  try {
    return watchedSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return {};
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    log.warn(`${path} is damaged and made anew: jobs are missed only from their next time on`);
    return {};
  }
}

async function writeWatched(path: string, watched: WatchedJobs): Promise<void> {
  makeDirectory(join(path, ".."), 0o750);
  await writeFileAtomically(path, `${JSON.stringify(watched, null, 2)}\n`, { mode: 0o640 });
}
