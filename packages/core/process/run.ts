import { buffer } from "node:stream/consumers";
import { type ProcessOutcome, type StartOptions, start } from "./start.ts";

export interface RunOptions extends Omit<StartOptions, "standardInput"> {
  /** Written to standard input, which is empty without it. */
  input?: string | Uint8Array | undefined;
}

export interface FinishedProcess extends ProcessOutcome {
  output: Buffer;
}

/** Starts a program and waits for its end, its whole standard output in memory: for short answers only. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<FinishedProcess> {
  const { input, ...rest } = options;
  const started = start(command, args, { ...rest, standardInput: input === undefined ? undefined : "pipe" });
  started.input?.end(input);
  const [output, outcome] = await Promise.all([buffer(started.output), started.outcome]);
  return { ...outcome, output };
}

/** One line that says how a command ended, for messages: `exit code 2`, `ended by SIGTERM`, `timed out`. */
export function describeOutcome(outcome: ProcessOutcome): string {
  if (outcome.startError) return `could not be started: ${outcome.startError.message}`;
  if (outcome.timedOut) return "timed out";
  if (outcome.endedBy) return `ended by ${outcome.endedBy}`;
  return `exit code ${outcome.exitCode}`;
}
