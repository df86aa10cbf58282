import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { hasErrorCode } from "@catapullt/core/errors";
import { type JobRecord, parseRecord } from "./job-record.ts";

/** What is known of a job; undefined where nothing is, or nothing that can be understood. */
export async function readRecord(stateDirectory: string, job: string): Promise<JobRecord | undefined> {
  return readRecordFile(recordFile(stateDirectory, job));
}

export async function writeRecord(stateDirectory: string, record: JobRecord): Promise<void> {
  await mkdir(recordsIn(stateDirectory), { recursive: true, mode: 0o750 });
  const text = `${JSON.stringify(record, null, 2)}\n`;
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
  try {
    return parseRecord(await readFile(path, "utf8"));
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
