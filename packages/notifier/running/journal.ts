import { readdir, readFile, stat } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { hasErrorCode } from "@catapullt/core/errors";
import { findProcess, processIdentitySchema } from "@catapullt/core/process/process-identity";
import { z } from "zod";
import { events } from "../events.ts";
import { entryFiles, runningDirectory } from "./entry.ts";

const recordSchema = z.object({
  job: z.string().min(1),
  host: z.string(),
  command: z.array(z.string()),
  startedAt: z.iso.datetime().transform((text) => new Date(text)),
  notify: processIdentitySchema,
  reportFile: z.string(),
  onlyOn: z.array(z.enum(events)).optional(),
});

/** What a notify has written down of a run before it began. */
export type RunningRecord = z.output<typeof recordSchema>;

const signalSchema = z.custom<NodeJS.Signals>((name) => typeof name === "string" && name in constants.signals);

const endingSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("exited"), exitCode: z.int() }),
  z.object({ kind: z.literal("signalled"), signal: signalSchema }),
  z.object({ kind: z.literal("timed-out"), limit: z.number() }),
  z.object({
    kind: z.literal("not-started"),
    exitCode: z.union([z.literal(125), z.literal(126), z.literal(127)]),
    problem: z.string(),
  }),
]);

const outcomeSchema = z.object({ ending: endingSchema, duration: z.number(), tries: z.int().positive() });

/** How a run ended, where its own notify still knew it. */
export type NotedOutcome = z.output<typeof outcomeSchema>;

/** A run whose notify has not told of its end. */
export interface RunningCommand {
  job: string;
  command: readonly string[];
  startedAt: Date;
  /** False where the command is known to have ended, also one whose notify was ended while it ran. */
  processLives: boolean;
}

/** A run's directory, and what is known of it. */
export interface JournalEntry {
  path: string;
  /** Undefined where the record cannot be read: it was never finished. */
  record: RunningRecord | undefined;
  notify: ProcessState;
  command: ProcessState;
}

export type ProcessState = Awaited<ReturnType<typeof findProcess>>;

/** All runs that go on, or whose end was not told yet. */
export async function listRunning(stateDirectory: string): Promise<RunningCommand[]> {
  const entries = await readJournal(stateDirectory);
  return entries.flatMap(({ record, notify, command }) => {
    if (record === undefined) return [];
    const { job, command: words, startedAt } = record;
    return [{ job, command: words, startedAt, processLives: notify !== "gone" || command !== "gone" }];
  });
}

/** All that lies in the directory of running commands. Throws the system's errors where that cannot be read. */
export async function readJournal(stateDirectory: string): Promise<JournalEntry[]> {
  const directory = runningDirectory(stateDirectory);
  const names = await readdir(directory).catch(whereAbsent([]));
  const entries = await Promise.all(names.map((name) => readEntry(join(directory, name))));
  return entries.filter((entry) => entry !== undefined);
}

async function readEntry(path: string): Promise<JournalEntry | undefined> {
  const status = await stat(path).catch(whereAbsent(undefined));
  if (!status?.isDirectory()) return undefined;
  const record = await readJson(join(path, entryFiles.record), recordSchema);
  const process = await readJson(join(path, entryFiles.command), processIdentitySchema);
  return {
    path,
    record,
    notify: record === undefined ? "unknown" : await findProcess(record.notify),
    command: process === undefined ? "gone" : await findProcess(process),
  };
}

/** What a run's own notify noted of its end. */
export function readNotedOutcome(path: string): Promise<NotedOutcome | undefined> {
  return readJson(join(path, entryFiles.outcome), outcomeSchema);
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR") || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function whereAbsent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return value;
    throw error;
  };
}
