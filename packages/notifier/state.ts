import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { hasErrorCode } from "@catapullt/core/errors";

/** How the last runs of a job went, one after the other with the same state. */
export interface JobHistory {
  job: string;
  state: "success" | "warning" | "failure";
  /** How many runs in a row had this state, and when the first of them ended. */
  runs: number;
  since: Date;
}

const states = new Set<unknown>(["success", "warning", "failure"]);

/** The history with one more run. */
export function continueHistory(
  history: JobHistory | undefined,
  { job, state, endedAt }: { job: string; state: JobHistory["state"]; endedAt: Date },
): JobHistory {
  if (history?.state !== state) return { job, state, runs: 1, since: endedAt };
  return { ...history, runs: history.runs + 1 };
}

/** What is known of a job; undefined where nothing is, or nothing that can be understood. */
export async function readHistory(stateDirectory: string, job: string): Promise<JobHistory | undefined> {
  try {
    return parseHistory(await readFile(historyFile(stateDirectory, job), "utf8"));
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

export async function writeHistory(stateDirectory: string, history: JobHistory): Promise<void> {
  const file = historyFile(stateDirectory, history.job);
  await mkdir(join(stateDirectory, "notify", "jobs"), { recursive: true, mode: 0o750 });
  await writeFileAtomically(file, `${JSON.stringify(history, null, 2)}\n`, { mode: 0o640 });
}

// A job's name may hold anything, so its file is named by a hash of it, after what can be read of it.
function historyFile(stateDirectory: string, job: string): string {
  const readable = job.replace(/[^a-zA-Z0-9-]+/g, "-").slice(0, 40);
  const hash = createHash("sha256").update(job).digest("hex").slice(0, 12);
  return join(stateDirectory, "notify", "jobs", `${readable}-${hash}.json`);
}

function parseHistory(text: string): JobHistory | undefined {
  try {
    const { job, state, runs, since } = JSON.parse(text) as Record<string, unknown>;
    const moment = new Date(String(since));
    const isWhole =
      typeof job === "string" && states.has(state) && Number.isSafeInteger(runs) && !Number.isNaN(moment.getTime());
    return isWhole ? { job, state: state as JobHistory["state"], runs: Number(runs), since: moment } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
