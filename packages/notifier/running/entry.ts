import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { open, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { partName, syncDirectory, writeFileAtomically } from "@catapullt/core/atomic-file";
import { errorMessage } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { makeDirectory } from "@catapullt/core/make-directory";
import { identifyProcess } from "@catapullt/core/process/process-identity";
import { endedFile, lateOutputFile } from "@catapullt/core/process/supervisor";
import type { Ending } from "../ending.ts";
import type { Event } from "../events.ts";
import type { KeptOutput } from "../wrap/output-tail.ts";

/** Names of what lies in a run's directory, beside what its supervisor and the command leave there. */
export const entryFiles = {
  record: "record.json",
  command: "command.json",
  outcome: "outcome.json",
  log: "log",
  report: "report.json",
} as const;

/** The directory of a run that goes on: from it, another notify can tell how the run ended if this one cannot. */
export interface RunningEntry {
  path: string;
  /** Where the command may leave its report. */
  reportFile: string;
  /** For when the command runs. */
  noteStart(processId: number): void;
  /** Forgets what the last try has left. */
  clear(): Promise<void>;
  /** For when it is known how the run ended, before that is told. Never rejects. */
  noteEnd(outcome: KeptOutcome, output: KeptOutput): Promise<void>;
  /** For when it could not be told: it stays for the next notify, whatever `remove` says. */
  keep(): void;
  /** For when it was told. */
  remove(): Promise<void>;
}

/** How a run ended, as it lies in `outcome.json`. */
export interface KeptOutcome {
  ending: Ending;
  /** Milliseconds. */
  duration: number;
  tries: number;
}

export interface EntryRequest {
  stateDirectory: string;
  job: string;
  command: readonly string[];
  /** Where the command leaves its report, if that is not for us to say. */
  reportFile: string | undefined;
  onlyOn: readonly Event[] | undefined;
  /** The end of the output so far. */
  readOutput: () => KeptOutput;
  log: Logger;
}

/** How much of the end of the output is kept there, in bytes. */
export const keptOutput = 64 * 1024;
/** How often it is written there, in milliseconds. */
const savePeriod = 2_000;

export function runningDirectory(stateDirectory: string): string {
  return join(stateDirectory, "notify", "running");
}

/** Makes a run's directory, with all that is known before it begins; undefined where none can be made. */
export async function createEntry(request: EntryRequest): Promise<RunningEntry | undefined> {
  const { stateDirectory, job, command, onlyOn, log } = request;
  const path = join(runningDirectory(stateDirectory), randomUUID());
  const reportFile = request.reportFile ?? join(path, entryFiles.report);
  try {
    const notify = await identifyProcess(process.pid);
    makeDirectory(runningDirectory(stateDirectory), 0o750);
    mkdirSync(path, { mode: 0o700 });
    const record = { job, host: hostname(), command, startedAt: new Date(), notify, reportFile, onlyOn };
    writeFileSync(join(path, entryFiles.record), JSON.stringify(record), { mode: 0o600 });
  } catch (error) {
    log.debug(`a crash of notify would lose this run: ${errorMessage(error)}`);
    await attempt(rm(path, { recursive: true, force: true }), log);
    return undefined;
  }
  return keepEntry(path, reportFile, request);
}

function keepEntry(path: string, reportFile: string, { readOutput, log }: EntryRequest): RunningEntry {
  const saving = saveRegularly(path, readOutput);
  let isKept = false;
  let pending: Promise<unknown> = attempt(makeDurable(path), log);
  return {
    path,
    reportFile,
    noteStart(processId) {
      pending = Promise.all([pending, attempt(noteProcess(path, processId), log)]);
    },
    async clear() {
      await pending;
      const left = [endedFile, lateOutputFile, entryFiles.report, entryFiles.command];
      await Promise.all(left.map((name) => rm(join(path, name), { force: true })));
    },
    async noteEnd(outcome, output) {
      await saving.stop();
      await attempt(writeOutcome(path, outcome, output), log);
    },
    keep() {
      isKept = true;
    },
    async remove() {
      await Promise.all([saving.stop(), pending]);
      if (!isKept) await attempt(rm(path, { recursive: true, force: true }), log);
    },
  };
}

async function writeOutcome(path: string, outcome: KeptOutcome, output: KeptOutput): Promise<void> {
  await saveLog(path, output);
  await writeFileAtomically(join(path, entryFiles.outcome), JSON.stringify(outcome), { mode: 0o600 });
}

async function noteProcess(path: string, processId: number): Promise<void> {
  await replaceFile(path, entryFiles.command, JSON.stringify(await identifyProcess(processId)));
}

/** The record must survive a power cut; the command does not wait for that. */
async function makeDurable(path: string): Promise<void> {
  const handle = await open(join(path, entryFiles.record));
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncDirectory(path);
  await syncDirectory(join(path, ".."));
}

function saveRegularly(path: string, readOutput: () => KeptOutput): { stop(): Promise<void> } {
  let saved: Buffer = Buffer.alloc(0);
  let saving = Promise.resolve();
  const save = async () => {
    const output = readOutput();
    if (output.bytes.equals(saved)) return;
    saved = output.bytes;
    await saveLog(path, output);
  };
  const timer = setInterval(() => {
    saving = saving.then(save).catch(() => {}); // it is for the case of a crash only, and tried again soon
  }, savePeriod).unref();
  return {
    stop() {
      clearInterval(timer);
      return saving;
    },
  };
}

function saveLog(path: string, { bytes }: KeptOutput): Promise<void> {
  return replaceFile(path, entryFiles.log, bytes.subarray(-keptOutput));
}

/** Half a file is never seen; it need not survive a power cut. */
async function replaceFile(path: string, name: string, content: string | Uint8Array): Promise<void> {
  const part = join(path, partName(name));
  await writeFile(part, content, { mode: 0o600 });
  await rename(part, join(path, name));
}

async function attempt(action: Promise<unknown>, log: Logger): Promise<void> {
  try {
    await action;
  } catch (error) {
    log.debug(`a crash of notify might lose this run: ${errorMessage(error)}`);
  }
}
