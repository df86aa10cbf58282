import { z } from "zod";
import type { OutcomeState } from "../outcome.ts";

/** One run of a job, as it is remembered. */
export interface RecordedRun {
  state: OutcomeState;
  startedAt: Date;
  endedAt: Date;
  /** notify's own, which is the command's. */
  exitCode: number;
  /** Of all archives that it made or fetched; undefined where it reported none. */
  bytes?: number | undefined;
}

/** How a job's last runs went, one after the other with the same state. */
export interface Streak {
  state: OutcomeState;
  /** How many runs in a row had this state, and when the first of them ended. */
  runs: number;
  since: Date;
}

/** When a transport was last told that a job does not go well. */
export interface Told {
  at: Date;
  /** What it was told, such as `failure, exit code 1`: anything else is news. */
  what: string;
}

/** What is remembered of a job: how its runs went, and who was told of what. */
export interface JobRecord {
  job: string;
  /** Undefined where it never ran. */
  streak: Streak | undefined;
  /** Oldest first, at most `keptRuns`. */
  recent: readonly RecordedRun[];
  /** When a run should have begun that did not; undefined from the next run on. */
  overdueSince: Date | undefined;
  /** By the transport's identity; empty as soon as the job goes well. */
  told: Readonly<Record<string, Told>>;
}

/** Enough for two months of nights, and for a chart. */
export const keptRuns = 60;

/** What is remembered of a job of which nothing is known. */
export function createRecord(job: string): JobRecord {
  return { job, streak: undefined, recent: [], overdueSince: undefined, told: {} };
}

/** The record with one more run. Pure. */
export function addRun({ job, streak, recent, told }: JobRecord, run: RecordedRun): JobRecord {
  const { state, endedAt } = run;
  return {
    job,
    streak: streak?.state === state ? { ...streak, runs: streak.runs + 1 } : { state, runs: 1, since: endedAt },
    recent: [...recent, run].slice(-keptRuns),
    overdueSince: undefined,
    told: state === "success" ? {} : told,
  };
}

const momentSchema = z.iso.datetime().transform((text) => new Date(text));
const stateSchema = z.enum(["success", "warning", "failure"]);

const recordSchema = z.object({
  job: z.string(),
  streak: z.object({ state: stateSchema, runs: z.int().positive(), since: momentSchema }).optional(),
  recent: z.array(
    z.object({
      state: stateSchema,
      startedAt: momentSchema,
      endedAt: momentSchema,
      exitCode: z.int(),
      bytes: z.int().nonnegative().optional(),
    }),
  ),
  overdueSince: momentSchema.optional(),
  told: z.record(z.string(), z.object({ at: momentSchema, what: z.string() })),
});

/** A record from its JSON; undefined where it cannot be understood. */
export function parseRecord(text: string): JobRecord | undefined {
  try {
    const { data } = recordSchema.safeParse(JSON.parse(text));
    return data && { ...data, streak: data.streak, overdueSince: data.overdueSince };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
