import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const folders = { "backup-agent": "agents", notify: "notifier", archiver: "archiver" } as const;

export type ProgramName = keyof typeof folders;

export interface ProgramOptions {
  /** Added to an environment that holds PATH, HOME, NO_COLOR and TZ only, like cron's. */
  environment?: Record<string, string> | undefined;
  directory?: string | undefined;
  input?: string | undefined;
  timeout?: number | undefined;
}

export interface ProgramResult {
  exitCode: number | undefined;
  signal: string | undefined;
  stdout: string;
  stderr: string;
}

/** The file that runs a program: in one piece as hosts have it, where that was made for the tests, and else from the source tree. */
export function programFile(name: ProgramName): string {
  const { TEST_PROGRAMS: packed = "source" } = process.env;
  return packed === "source"
    ? fileURLToPath(new URL(`../${folders[name]}/bin/${name}.ts`, import.meta.url))
    : join(packed, folders[name], "bin", `${name}.js`);
}

/** Runs one of the three programs to its end; never rejects because of its exit code. */
export async function runProgramFile(
  name: ProgramName,
  args: readonly string[],
  { environment = {}, directory, input, timeout = 50_000 }: ProgramOptions = {},
): Promise<ProgramResult> {
  const result = await execa(process.execPath, [programFile(name), ...args], {
    reject: false,
    extendEnv: false,
    env: programEnvironment(environment),
    timeout,
    stripFinalNewline: false,
    ...(directory === undefined ? {} : { cwd: directory }),
    ...(input === undefined ? { stdin: "ignore" } : { input }),
  });
  return {
    exitCode: result.exitCode,
    signal: result.signal,
    stdout: String(result.stdout),
    stderr: String(result.stderr),
  };
}

/** A small environment like cron's, with this Node first on PATH; programs share a cache of compiled code, where the tests have one. */
export function programEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const { NODE_COMPILE_CACHE } = process.env;
  const nodeDirectory = process.execPath.slice(0, process.execPath.lastIndexOf("/"));
  return {
    PATH: `${nodeDirectory}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: "/nonexistent",
    NO_COLOR: "1",
    TZ: "UTC",
    ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
    ...extra,
  };
}
