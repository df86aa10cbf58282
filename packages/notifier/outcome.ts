import type { RunReport } from "@catapullt/core/report/schema";
import { type Ending, endingExitCode } from "./ending.ts";
import type { Event } from "./events.ts";
import type { JobRecord, RecordedRun } from "./state/job-record.ts";

export type OutcomeState = "success" | "warning" | "failure";

/** What happened, as data: all that a message is made of. */
export interface Outcome {
  job: string;
  host: string;
  command: readonly string[];
  state: OutcomeState;
  ending: Ending;
  startedAt: Date;
  endedAt: Date;
  /** Milliseconds. */
  duration: number;
  /** How often the command was run; all tries but the last had failed. Absent: once. */
  tries?: number;
  /** True where notify itself was ended before it could tell. */
  isLate?: boolean;
  /** The end of the command's output, ready to be shown. */
  log: LogTail;
  /** What the command itself reported. */
  report: RunReport | undefined;
  /** What was known of the job before this run. */
  before: JobRecord;
}

export interface LogTail {
  lines: readonly string[];
  /** True when there was more before these lines. */
  isCut: boolean;
}

/** The worse of what the command's end and its own report say: a script that ignores a failed backup does not hide it. */
export function judgeState(ending: Ending, report: RunReport | undefined): OutcomeState {
  if (ending.kind === "lost" && report !== undefined) return report.outcome;
  if (endingExitCode(ending) !== 0 || report?.outcome === "failure") return "failure";
  return report?.outcome ?? "success";
}

/** The events that a run is, for the transports' `on`. */
export function eventsOf({ state, before }: Pick<Outcome, "state" | "before">): Event[] {
  const wentWrong = before.streak?.state === "failure" || before.overdueSince !== undefined;
  return state !== "failure" && wentWrong ? [state, "recovery"] : [state];
}

/** The run as it is remembered. */
export function recordOf({ state, startedAt, endedAt, ending, report }: Omit<Outcome, "before">): RecordedRun {
  return { state, startedAt, endedAt, exitCode: endingExitCode(ending), bytes: reportedBytes(report) };
}

/** Of all archives that a run made or fetched; undefined where it reported none. */
export function reportedBytes(report: RunReport | undefined): number | undefined {
  if (report === undefined || report.archives.length === 0) return undefined;
  return report.archives.reduce((sum, { bytes }) => sum + bytes, 0);
}
