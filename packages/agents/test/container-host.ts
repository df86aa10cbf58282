import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hasErrorCode } from "@catapullt/core/errors";
import { installContainerRuntime, type StandIn } from "@catapullt/testkit/container-runtime";
import type { ProgramResult } from "@catapullt/testkit/programs";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { createRestoreHost, type RestoreHost, type StartedAgent } from "./restore-host.ts";

export interface ContainerHost extends Pick<RestoreHost, "directory" | "workDirectory"> {
  standIn: StandIn;
  /** The agent on a host that has docker or podman, and no program of any DBMS. */
  start(...args: string[]): StartedAgent;
  run(...args: string[]): Promise<ProgramResult>;
  /** Makes a backup of the application `wiki`; throws unless it worked. Returns its path. */
  backUp(): Promise<string>;
  /** Runs the commands for the database in an archive's RESTORE.md at a terminal, where `typed` is typed. */
  restoreByHand(archive: string, typed: string, adapt?: (script: string) => string): void;
}

export interface ContainerHostOptions {
  /** The application's database; it is in the container `wiki-db-1`. */
  database: object;
  runtime?: "docker" | "podman" | undefined;
  /** Variables in the container besides PATH and HOME. */
  environment?: Readonly<Record<string, string>> | undefined;
}

/** A host with one application whose database is in a container. */
export function createContainerHost({
  database,
  runtime = "docker",
  environment,
}: ContainerHostOptions): ContainerHost {
  const host = createRestoreHost();
  const standIn = installContainerRuntime(join(host.directory, "runtime"), {
    runtime,
    containers: { "wiki-db-1": { environment: { PATH: "/usr/bin:/bin", HOME: "/root", ...environment } } },
  });
  const settings = { type: "generic", version: { value: "1" }, databases: [{ ...database, container: "wiki-db-1" }] };
  host.configure(`  wiki: ${JSON.stringify(settings)}`);
  const start = (...args: string[]) => host.start(args, { PATH: standIn.path });
  return {
    directory: host.directory,
    workDirectory: host.workDirectory,
    standIn,
    start,
    run: (...args) => start(...args).ended,
    async backUp() {
      const { exitCode, stdout, stderr } = await start("wiki").ended;
      if (exitCode !== 0) throw new Error(stderr);
      return stdout.trim();
    },
    restoreByHand(archive, typed, adapt = (script) => script) {
      const guide = execFileSync("tar", ["-xOf", archive, "RESTORE.md"], { encoding: "utf8" });
      const blocks = [...guide.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
      const script = join(host.directory, "by-hand.sh");
      writeFileSync(script, adapt(`set -e\nPATH=${standIn.path}:$PATH\n${blocks.join("")}`));
      const { status, stdout } = spawnSync(systemProgram("script"), ["-qec", `sh '${script}'`, "/dev/null"], {
        cwd: dirname(archive),
        input: `${typed}\n`,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(stdout);
    },
  };
}

/** Command lines of all processes in which this text stands. */
export function commandLinesWith(text: string): string[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return [];
    try {
      const line = readFileSync(`/proc/${entry}/cmdline`, "utf8");
      return line.includes(text) ? [line] : [];
    } catch (error) {
      if (hasErrorCode(error, "ENOENT", "ESRCH")) return [];
      throw error;
    }
  });
}

/** True if one of these texts stands in the arguments or environments with which docker or podman was started. */
export function wasShown({ standIn }: ContainerHost, ...texts: readonly string[]): boolean {
  const words = standIn.calls().flatMap(({ args, environment }) => [...args, ...Object.values(environment)]);
  return texts.some((text) => words.some((word) => word.includes(text.trim())));
}
