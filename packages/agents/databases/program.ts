import { type FinishedProcess, type RunOptions, run } from "@catapullt/core/process/run";
import { type StartedProcess, type StartOptions, start } from "@catapullt/core/process/start";

/** A program of a DBMS, ready to be started where it lies: on this host or in a container. */
export interface DatabaseProgram {
  path: string;
  start(args: readonly string[], options?: Omit<StartOptions, "environment">): StartedProcess;
  /** For short answers only: the whole standard output is kept in memory. */
  run(args: readonly string[], options?: Omit<RunOptions, "environment">): Promise<FinishedProcess>;
}

/** A program, and what it answered to `--version`. */
export interface FoundProgram extends DatabaseProgram {
  /** The name that was looked for. */
  name: string;
  answer: string;
}

/** How the environment of a DBMS's programs differs from that in which they lie. */
export interface ToolEnvironment {
  /** What the names of variables begin with that would change where the programs connect, and as whom. */
  without: readonly string[];
  /** Variables that are set. */
  set: Readonly<Record<string, string>>;
}

/** A program of this host, and the whole environment that it gets. */
export function hostProgram(path: string, environment: NodeJS.ProcessEnv): DatabaseProgram {
  return {
    path,
    start: (args, options = {}) => start(path, args, { ...options, environment }),
    run: (args, options = {}) => run(path, args, { ...options, environment }),
  };
}

/** Asks a program of this host for its version. */
export async function askForVersion(
  name: string,
  path: string,
  { environment, signal }: { environment: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<FoundProgram> {
  const program = hostProgram(path, environment);
  const { output } = await program.run(["--version"], { signal, timeout: 30_000 });
  signal.throwIfAborted();
  return { ...program, name, answer: output.toString() };
}

/** An environment of this host as a DBMS's programs get it. */
export function adaptEnvironment(environment: NodeJS.ProcessEnv, { without, set }: ToolEnvironment): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !without.some((prefix) => name.startsWith(prefix)));
  return { ...Object.fromEntries(kept), ...set };
}
