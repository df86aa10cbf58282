import { describeOutcome, run } from "../process/run.ts";
import { firstLine, matchPattern } from "./text.ts";
import { unreadableVersion } from "./value.ts";

export interface VersionCommandOptions {
  /** The first match counts instead of the first line. */
  pattern?: string | undefined;
  environment?: NodeJS.ProcessEnv | undefined;
  /** Milliseconds; 60 s if absent. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
}

const usualTimeout = 60_000;

/** The version that a command (program and arguments, never through a shell) prints. Throws `version-unreadable` where it fails. */
export async function readCommandVersion(
  command: readonly string[],
  { pattern, timeout = usualTimeout, ...options }: VersionCommandOptions = {},
): Promise<string | undefined> {
  const [program = "", ...args] = command;
  const result = await run(program, args, { ...options, timeout });
  options.signal?.throwIfAborted();
  if (result.exitCode !== 0 || result.timedOut) {
    const detail = result.errorOutput.trim().split("\n").at(-1);
    const problem = describeOutcome(result);
    throw unreadableVersion(`the command ${program}`, detail ? `${problem}: ${detail}` : problem, result.startError);
  }
  const text = result.output.toString("utf8");
  return pattern === undefined ? firstLine(text) : matchPattern(text, pattern);
}
