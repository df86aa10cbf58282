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
  /** What it was told, such as `failure, exit code 1`: anything else is news. Empty once that is over. */
  what: string;
  /** How many runs that ended like this were not told since; 0 if absent. */
  heldBack?: number | undefined;
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
  /** By the transport's identity; once the job goes well, only those that have something to catch up on. */
  told: Readonly<Record<string, Told>>;
}

/** Enough for two months of nights, and for a chart. */
export const keptRuns = 60;

/** What is remembered of a job of which nothing is known. */
export function createRecord(job: string): JobRecord {
  return { job, streak: undefined, recent: [], overdueSince: undefined, told: {} };
}

/** The record with one more run, whatever the clock says: the last one that was recorded is how things are now. Pure. */
export function addRun(record: JobRecord, run: RecordedRun): JobRecord {
  const { job, streak, recent, told } = record;
  const { state, endedAt } = run;
  const goesOn = streak?.state === state;
  return {
    ...record,
    job,
    streak: goesOn ? { ...streak, runs: streak.runs + 1 } : { state, runs: 1, since: endedAt },
    recent: [...recent, run].slice(-keptRuns),
    overdueSince: undefined,
    told: state === "success" || (streak !== undefined && !goesOn) ? endTrouble(told) : told,
  };
}

/**
 * The record with a run that nobody could record when it ended. Where later ones are known, it stands before them and says
 * nothing of how things are now; where it is known itself, nothing changes. Pure.
 */
export function addLateRun(record: JobRecord, run: RecordedRun): JobRecord {
  const { recent } = record;
  if (recent.some(({ startedAt }) => startedAt.getTime() === run.startedAt.getTime())) return record;
  const earlier = recent.filter(({ endedAt }) => endedAt <= run.endedAt);
  if (earlier.length === recent.length) return addRun(record, run);
  return { ...record, recent: [...earlier, run, ...recent.slice(earlier.length)].slice(-keptRuns) };
}

/** What was told is over, so the same is news when it comes again; how much of it was not told is still to be said. */
function endTrouble(told: JobRecord["told"]): JobRecord["told"] {
  const silent = Object.entries(told).filter(([, { heldBack = 0 }]) => heldBack > 0);
  return Object.fromEntries(silent.map(([identity, { at, heldBack }]) => [identity, { at, what: "", heldBack }]));
}

const momentSchema = z.iso.datetime().transform((text) => new Date(text));
const stateSchema = z.enum(["success", "warning", "failure"]);

/** Raised when a record changes in a way that older versions would misread. */
export const recordVersion = 1;

const recordSchema = z.object({
  schemaVersion: z.literal(recordVersion).default(recordVersion),
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
  told: z.record(
    z.string(),
    z.object({ at: momentSchema, what: z.string(), heldBack: z.int().nonnegative().optional() }),
  ),
});

/** A record from its JSON; undefined where it cannot be understood. */
export function parseRecord(text: string): JobRecord | undefined {
  try {
    const { data } = recordSchema.safeParse(JSON.parse(text));
    if (data === undefined) return undefined;
    const { schemaVersion: _, ...record } = data;
    return { ...record, streak: record.streak, overdueSince: record.overdueSince };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
