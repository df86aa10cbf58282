import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { formatCommandLine } from "@catapullt/core/shell-words";
import { type ProgramResult, programEnvironment, programFile, runProgramFile } from "@catapullt/testkit/programs";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { type BackupHost, createBackupHost } from "./backup-host.ts";

export interface DrillHost extends BackupHost {
  /** Where drills work. */
  drills: string;
  /** What `archiver` runs with: a search path on which `backup-agent` is found, and a place for its state. */
  environment: Record<string, string>;
  /** Runs `archiver drill` with `--directory drills`. */
  drill(...args: string[]): Promise<ProgramResult>;
  /** Backs up an application, whose `agent.yaml` entry is given, and returns the archive's name. It still has to be pulled. */
  backUp(application: string, entry: object): Promise<string>;
  /** Puts a shell script in the place of `backup-agent`; in it `$AGENT` runs the real one. */
  standIn(script: string): void;
  /** Names of what is held for drills. */
  held(): string[];
}

/** A backup host on which `backup-agent` is installed; the host `wiki01` has its work directory on the same disk. */
export function createDrillHost(): DrillHost {
  const host = createBackupHost();
  const bin = join(host.directory, "bin");
  const drills = temporaryDirectory("d");
  chmodSync(drills, 0o711); // servers run as users of their own
  mkdirSync(bin);
  const agent = formatCommandLine([process.execPath, programFile("backup-agent")]);
  const standIn = (script: string) => {
    writeFileSync(join(bin, "backup-agent"), `#!/bin/sh\nAGENT=${formatCommandLine([agent])}\n${script}\n`);
    chmodSync(join(bin, "backup-agent"), 0o755);
  };
  standIn('eval "exec $AGENT \\"\\$@\\""');
  const environment = {
    PATH: `${bin}:${programEnvironment().PATH}`,
    BACKUP_AGENT__STATE_DIR: join(host.directory, "agent-state"),
  };
  host.configure({ wiki01: { type: "local", path: host.work } });
  return {
    ...host,
    drills,
    environment,
    standIn,
    drill: (...args) => host.archiver(["drill", "--directory", drills, ...args], { environment, timeout: 120_000 }),
    async backUp(application, entry) {
      const configFile = join(host.directory, "agent.json");
      writeFileSync(configFile, JSON.stringify({ workDir: host.work, applications: { [application]: entry } }), {
        mode: 0o600,
      });
      const args = ["--config", configFile, "backup", application];
      const { exitCode, stdout, stderr } = await runProgramFile("backup-agent", args, { environment });
      if (exitCode !== 0) throw new Error(stderr);
      return stdout.trim().slice(stdout.lastIndexOf("/") + 1);
    },
    held: () => readdirSync(join(host.vault, ".archiver"), { recursive: true }).map(String).filter(isBelowDrill),
  };
}

function isBelowDrill(path: string): boolean {
  return path.startsWith("drill/");
}

/** The `agent.yaml` entry of an application with a small SQLite database, which is made. */
export function sqliteApplication(directory: string, name: string): object {
  const file = join(directory, `${name}.db`);
  const database = new DatabaseSync(file);
  database.exec(
    "CREATE TABLE page (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO page VALUES (1, 'Seite'), (2, 'Größe')",
  );
  database.close();
  return { type: "generic", version: { value: "1.2" }, databases: [{ engine: "sqlite", name, file }] };
}

/** Command lines of this host's processes that name a directory. */
export function processesNaming(directory: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      try {
        const command = readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
        return command.includes(directory) ? [command] : [];
      } catch {
        return [];
      }
    });
}
