import { createHash } from "node:crypto";
import { readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { hasErrorCode } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { makeDirectory } from "@catapullt/core/make-directory";
import { createRecord, type JobRecord, parseRecord, recordVersion } from "./job-record.ts";
import { withStateLock } from "./state-lock.ts";

/** What is known of a job; undefined where nothing is, or nothing that can be understood. */
export async function readRecord(stateDirectory: string, job: string): Promise<JobRecord | undefined> {
  return readRecordFile(recordFile(stateDirectory, job));
}

export interface RecordChange {
  before: JobRecord;
  after: JobRecord;
}

/**
 * Changes what is known of a job, one process after the other: no change is lost when two runs end at once. A record that
 * cannot be understood is set aside with a warning, and the job begins anew. Errors are the system's own, or `state-unusable`
 * and `locked`. `change` must not use this function itself.
 */
export async function updateRecord(
  job: string,
  change: (record: JobRecord) => JobRecord | Promise<JobRecord>,
  { stateDirectory, log }: { stateDirectory: string; log: Logger },
): Promise<RecordChange> {
  return withStateLock(stateDirectory, "jobs", async () => {
    const before = (await takeRecord(recordFile(stateDirectory, job), job, log)) ?? createRecord(job);
    const after = await change(before);
    await writeRecord(stateDirectory, after);
    return { before, after };
  });
}

async function takeRecord(path: string, job: string, log: Logger): Promise<JobRecord | undefined> {
  const text = await readIfAny(path);
  const record = text === undefined ? undefined : parseRecord(text);
  if (text === undefined || record !== undefined) return record;
  const aside = `${path}.unusable`;
  await rename(path, aside);
  log.warn(
    `what was known of the job ${job} cannot be understood, and was set aside: ${aside}\n` +
      `${isNewer(text) ? "a newer version of notify wrote it: run the newest everywhere" : "it was damaged"}; the job's history begins anew`,
  );
  return undefined;
}

function isNewer(text: string): boolean {
  return Number(/"schemaVersion": *(\d{1,6})/.exec(text)?.[1] ?? 0) > recordVersion;
}

/** For tests and moves: runs and checks change records with `updateRecord`. */
export async function writeRecord(stateDirectory: string, record: JobRecord): Promise<void> {
  makeDirectory(recordsIn(stateDirectory), 0o750);
  const text = `${JSON.stringify({ schemaVersion: recordVersion, ...record }, null, 2)}\n`;
  await writeFileAtomically(recordFile(stateDirectory, record.job), text, { mode: 0o640 });
}

/** All jobs that ever ran, by their names. */
export async function readRecords(stateDirectory: string): Promise<JobRecord[]> {
  const directory = recordsIn(stateDirectory);
  const names = (await listNames(directory)).filter((name) => name.endsWith(".json"));
  const records = await Promise.all(names.map((name) => readRecordFile(join(directory, name))));
  return records.filter((record) => record !== undefined).sort((one, other) => (one.job < other.job ? -1 : 1));
}

function recordsIn(stateDirectory: string): string {
  return join(stateDirectory, "notify", "jobs");
}

// A job's name may hold anything, so its file is named by a hash of it, after what can be read of it.
function recordFile(stateDirectory: string, job: string): string {
  const readable = job.replace(/[^a-zA-Z0-9-]+/g, "-").slice(0, 40);
  const hash = createHash("sha256").update(job).digest("hex").slice(0, 12);
  return join(recordsIn(stateDirectory), `${readable}-${hash}.json`);
}

async function listNames(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

async function readRecordFile(path: string): Promise<JobRecord | undefined> {
  const text = await readIfAny(path);
  return text === undefined ? undefined : parseRecord(text);
}

async function readIfAny(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
