import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage, hasErrorCode } from "@catapullt/core/errors";
import { endedFile, lateOutputFile, readSupervisedEnd } from "@catapullt/core/process/supervisor";
import type { Ending } from "../ending.ts";
import type { NotifyContext } from "../notify-context.ts";
import { readRunReport } from "../run/report.ts";
import { tryStateLock } from "../state/state-lock.ts";
import { type FinishedRun, tell } from "../tell.ts";
import { explainStartProblem } from "../wrap/start-problem.ts";
import { entryFiles, keptOutput } from "./entry.ts";
import { type JournalEntry, type RunningRecord, readJournal, readNotedOutcome } from "./journal.ts";

/** How long telling of crashes may take before the rest is left to the next one, in milliseconds. */
const patience = 60_000;
/** After this long, a run of which nothing can be known from here is told all the same: its host or container is gone. */
const abandonedAfter = 7 * 24 * 60 * 60 * 1000;
/** A directory without a record that is younger may be one that is being made. */
const unfinishedAfter = 60 * 60 * 1000;

/**
 * Tells of every run whose notify was ended before it could: with its own time, and with how it ended as far as that is known.
 * A command that still runs is left alone. Never rejects, and is safe where several processes do it at the same time.
 */
export async function reportCrashes(context: NotifyContext): Promise<void> {
  const { stateDirectory, log } = context;
  try {
    if ((await listCrashed(stateDirectory)).length === 0) return;
    const lock = await tryStateLock(stateDirectory, "crashes");
    if (lock === undefined) return;
    try {
      await reportAll(context);
    } finally {
      lock.release();
    }
  } catch (error) {
    log.warn(`whether earlier runs were cut off cannot be found out in ${stateDirectory}: ${errorMessage(error)}`);
  }
}

async function reportAll(context: NotifyContext): Promise<void> {
  const begin = performance.now();
  for (const entry of await listCrashed(context.stateDirectory)) {
    if (performance.now() - begin > patience) return context.log.warn("more runs were cut off: run `notify flush`");
    if (!(await report(entry, context))) return;
    await rm(entry.path, { recursive: true, force: true });
  }
}

async function listCrashed(stateDirectory: string): Promise<JournalEntry[]> {
  const entries = await readJournal(stateDirectory);
  const crashed = await Promise.all(entries.map(isCrashed));
  return entries.filter((_, index) => crashed[index]);
}

async function isCrashed({ path, record, notify, command }: JournalEntry): Promise<boolean> {
  if (record === undefined) return (await ageOf(path)) > unfinishedAfter;
  if (notify === "gone" && command === "gone") return true;
  const isUnknown = notify === "unknown" || command === "unknown";
  return (
    isUnknown && notify !== "alive" && command !== "alive" && Date.now() - record.startedAt.getTime() > abandonedAfter
  );
}

async function ageOf(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return 0;
    throw error;
  }
}

/** False where it could neither be told nor be kept in the spool. */
async function report({ path, record }: JournalEntry, context: NotifyContext): Promise<boolean> {
  if (record === undefined) {
    context.log.warn(`a run was cut off as it began, and nothing is known of it but when: ${path} is removed`);
    return true;
  }
  const finished = await reconstruct(path, record, context);
  context.log.warn(`notify was ended while ${record.job} ran at ${record.startedAt.toISOString()}; that is told now`);
  return tell({ ...finished, onStored: () => rm(path, { recursive: true, force: true }) }, context);
}

/** The run as its directory tells it. */
async function reconstruct(
  path: string,
  record: RunningRecord,
  { environment, log }: NotifyContext,
): Promise<FinishedRun> {
  const { job, host, command, startedAt, onlyOn } = record;
  const report = await readRunReport(record.reportFile, startedAt, log);
  const noted = await readNotedOutcome(path);
  const pieces = await Promise.all([entryFiles.log, lateOutputFile].map((name) => readIfPresent(join(path, name))));
  const bytes = Buffer.concat(pieces);
  return {
    job,
    host,
    command,
    startedAt,
    onlyOn,
    report,
    ending: noted?.ending ?? (await findEnding(path, command, environment.PATH ?? "")),
    duration: noted?.duration ?? Math.max(0, (await lastSign(path, report)) - startedAt.getTime()),
    tries: noted?.tries ?? 1,
    output: { bytes, isCut: bytes.length >= keptOutput, limit: keptOutput },
    isLate: true,
  };
}

async function findEnding(path: string, [program = ""]: readonly string[], searchPath: string): Promise<Ending> {
  const end = readSupervisedEnd(path);
  if (end === undefined) return { kind: "lost" };
  if (end.startError !== undefined) return explainStartProblem(program, searchPath, end.startError);
  if (end.endedBy !== undefined) return { kind: "signalled", signal: end.endedBy };
  return end.exitCode === undefined ? { kind: "lost" } : { kind: "exited", exitCode: end.exitCode };
}

/** When the run last showed that it went on, in milliseconds since 1970. */
async function lastSign(path: string, report: FinishedRun["report"]): Promise<number> {
  const files = [endedFile, lateOutputFile, entryFiles.log, entryFiles.command, entryFiles.record];
  const times = await Promise.all(files.map((name) => modifiedAt(join(path, name))));
  return Math.max(...times, report === undefined ? 0 : Date.parse(report.endedAt));
}

async function modifiedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return 0;
    throw error;
  }
}

async function readIfPresent(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return Buffer.alloc(0);
    throw error;
  }
}
