import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProgramOptions, type ProgramResult, runProgramFile } from "@catapullt/testkit/programs";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import type { SampleArchive } from "./sample-archive.ts";

/** What an SSH server of the testkit tells a client. */
export interface ServerAccess {
  address: string;
  port: number;
  user: string;
  identityFile: string;
  knownHostsFile: string;
}

export interface BackupHost {
  directory: string;
  vault: string;
  /** An agent's work directory of its own. */
  work: string;
  configFile: string;
  /** Writes archiver.yaml with these hosts (in JSON, which is YAML too). */
  configure(hosts: Record<string, object>, more?: object): void;
  /** Runs `archiver` with that configuration. */
  archiver(args: readonly string[], options?: ProgramOptions): Promise<ProgramResult>;
  /** The last run's report. */
  report(): {
    outcome: string;
    archives: object[];
    failures: { subject?: string; code: string; message: string }[];
    warnings: string[];
  };
  receipts(): { event: string; name: string; host: string; version?: string | null; seconds?: number | null }[];
}

/** A backup host with an empty vault, in a temporary directory that goes away with the current test. */
export function createBackupHost(): BackupHost {
  const directory = temporaryDirectory("archiver");
  const vault = join(directory, "vault");
  const work = join(directory, "work");
  const configFile = join(directory, "archiver.yaml");
  const reportFile = join(directory, "report.json");
  mkdirSync(vault);
  mkdirSync(work);
  return {
    directory,
    vault,
    work,
    configFile,
    configure(hosts, more = {}) {
      writeFileSync(
        configFile,
        JSON.stringify({ vault, hosts, retryDelay: "0s", stateDir: join(directory, "state"), ...more }, null, 2),
      );
    },
    archiver: (args, options = {}) =>
      runProgramFile("archiver", ["--config", configFile, ...args], {
        ...options,
        environment: { BACKUP_REPORT: reportFile, ...options.environment },
      }),
    report: () => JSON.parse(readFileSync(reportFile, "utf8")),
    receipts() {
      const file = join(vault, ".archiver", "receipts.jsonl");
      if (!existsSync(file)) return [];
      return readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    },
  };
}

/** A host's settings for a server of the testkit. */
export function sftpHost({ address, port, user, identityFile, knownHostsFile }: ServerAccess, path: string): object {
  return { address, port, user, identityFile, knownHostsFile, path };
}

/** Paths of all files and links below a directory, sorted; the archiver's own directory is left out. */
export function filesBelow(directory: string, prefix = ""): string[] {
  return readdirSync(join(directory, prefix), { withFileTypes: true })
    .filter(({ name }) => name !== ".archiver")
    .flatMap((entry) => {
      const path = join(prefix, entry.name);
      return entry.isDirectory() ? filesBelow(directory, path) : [path];
    })
    .sort();
}

/** The files that an archive and its sidecar have below `<vault>/<host>` or a work directory. */
export function filesOf(...archives: SampleArchive[]): string[] {
  return archives.flatMap(({ application, name }) => [`${application}/${name}`, `${application}/${name}.sha1`]).sort();
}

export function permissions(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}
