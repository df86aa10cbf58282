import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProgramOptions, type ProgramResult, runProgramFile } from "@catapullt/testkit/programs";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { type ServerAccess, sftpHost } from "./backup-host.ts";

export interface PushHost {
  directory: string;
  /** The agent's work directory. */
  work: string;
  /** Where archives go: a directory of the backup host. */
  inbox: string;
  configFile: string;
  recordsFile: string;
  configure(to: object, more?: { push?: object; config?: object }): void;
  archiver(args: readonly string[], options?: ProgramOptions): Promise<ProgramResult>;
  report(): { outcome: string; archives: object[]; failures: { subject?: string; code: string; message: string }[] };
  records(): { event: string; name: string; destination: string; durable?: boolean; proof?: object }[];
}

/** An application host with an empty work directory, and an empty inbox, in a temporary directory. */
export function createPushHost(): PushHost {
  const directory = temporaryDirectory("push");
  const work = join(directory, "work");
  const inbox = join(directory, "inbox");
  const configFile = join(directory, "archiver.yaml");
  const reportFile = join(directory, "report.json");
  const recordsFile = join(directory, "state", "push-receipts.jsonl");
  mkdirSync(work);
  mkdirSync(inbox);
  return {
    directory,
    work,
    inbox,
    configFile,
    recordsFile,
    configure(to, { push = {}, config = {} } = {}) {
      const stateDir = join(directory, "state");
      const content = { push: { from: work, to, ...push }, retryDelay: "0s", stateDir, ...config };
      writeFileSync(configFile, JSON.stringify(content, null, 2));
    },
    archiver: (args, options = {}) =>
      runProgramFile("archiver", ["--config", configFile, ...args], {
        ...options,
        environment: { BACKUP_REPORT: reportFile, ...options.environment },
      }),
    report: () => JSON.parse(readFileSync(reportFile, "utf8")),
    records() {
      if (!existsSync(recordsFile)) return [];
      return readFileSync(recordsFile, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    },
  };
}

/** Where a server of the testkit has the inbox. */
export function sftpDestination(server: ServerAccess, path: string): object {
  return sftpHost(server, path);
}
