import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatCommandLine } from "@catapullt/core/shell-words";

/** A container that the stand-in knows. */
export interface StandInContainer {
  /** Default: running. */
  state?: "running" | "exited" | "paused" | "restarting" | "without-shell" | undefined;
  /** The whole environment in it; with `PATH`, which programs it has. */
  environment: Readonly<Record<string, string>>;
}

/** What the stand-in's program reads: see `installContainerRuntime`. */
export interface StandInSettings {
  runtime: "docker" | "podman";
  containers: Readonly<Record<string, StandInContainer>>;
  /** Default: well. */
  daemon?: "well" | "down" | "denied" | undefined;
}

export interface StandIn {
  /** The `PATH` on which only the stand-in is found. */
  path: string;
  /** Arguments and environment of every call. */
  calls(): { args: string[]; environment: Record<string, string> }[];
  /** Changes what the next call finds. */
  change(settings: Partial<StandInSettings>): void;
}

/**
 * Puts a stand-in for docker or podman into a directory that need not exist. It knows `exec` and behaves as the real ones do: what
 * it runs inherits nothing but standard input, output and error, all of them pipes that lead through others; has a session
 * of its own; and goes on, unheard, when the stand-in is killed: only its standard input ends then.
 */
export function installContainerRuntime(directory: string, settings: StandInSettings): StandIn {
  const log = join(directory, "calls.jsonl");
  const settingsFile = join(directory, "settings.json");
  const program = join(directory, "bin", settings.runtime);
  mkdirSync(dirname(program), { recursive: true });
  let current = settings;
  const change = (changes: Partial<StandInSettings>) => {
    current = { ...current, ...changes };
    writeFileSync(settingsFile, JSON.stringify(current));
  };
  change({});
  const words = [process.execPath, fileURLToPath(new URL("./fake-tools/container-program.ts", import.meta.url))];
  writeFileSync(program, `#!/bin/sh\nexec ${formatCommandLine([...words, settingsFile, log])} "$@"\n`);
  chmodSync(program, 0o755);
  return {
    path: dirname(program),
    calls: () =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line))
        : [],
    change,
  };
}
