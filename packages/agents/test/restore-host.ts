import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";
import { type ProgramResult, programEnvironment, programFile } from "@catapullt/testkit/programs";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";

export interface RestoreHost {
  directory: string;
  workDirectory: string;
  configFile: string;
  /** Runs one of the agent's commands to its end. */
  run(...args: string[]): Promise<ProgramResult>;
  start(args: readonly string[], environment?: Record<string, string>): StartedAgent;
  /** Makes a backup and returns its path, outside the work directory. */
  backUp(application: string): Promise<string>;
  configure(applications: string): void;
}

export interface StartedAgent {
  kill(signal: NodeJS.Signals): void;
  ended: Promise<ProgramResult>;
}

/** A work directory, a state directory and a configuration of their own; `applications` are lines of YAML below that key. */
export function createRestoreHost(applications = ""): RestoreHost {
  const directory = temporaryDirectory("restore-host");
  const workDirectory = join(directory, "work");
  const configFile = join(directory, "agent.yaml");
  mkdirSync(workDirectory);
  const configure = (lines: string) =>
    writeFileSync(
      configFile,
      `workDir: ${workDirectory}\nstateDir: ${join(directory, "state")}\napplications:\n${lines}\n`,
      { mode: 0o600 },
    );
  configure(applications);
  const start = (args: readonly string[], environment: Record<string, string> = {}): StartedAgent => {
    const child = spawn(process.execPath, [programFile("backup-agent"), "--config", configFile, ...args], {
      env: programEnvironment(environment),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 120_000,
    });
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return {
      kill: (signal) => child.kill(signal),
      ended: ended.then(([stdout, stderr, [exitCode, signal]]) => ({
        exitCode: exitCode ?? undefined,
        signal,
        stdout,
        stderr,
      })),
    };
  };
  const run = (...args: string[]) => start(args).ended;
  return {
    directory,
    workDirectory,
    configFile,
    run,
    start,
    configure,
    async backUp(application) {
      const result = await run("backup", application);
      if (result.exitCode !== 0) throw new Error(result.stderr);
      const path = result.stdout.trim();
      const vault = join(directory, "vault");
      mkdirSync(vault, { recursive: true });
      execFileSync("cp", ["-a", path, `${path}.sha1`, vault]);
      return join(vault, basename(path));
    },
  };
}

/** Names in a directory, hidden ones too. */
export function namesIn(directory: string): string[] {
  return readdirSync(directory).sort();
}
