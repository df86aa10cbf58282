import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastRunFile } from "@catapullt/core/report/last-run";
import { type BuiltConfluence, buildConfluence, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import type { ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { type ProgramResult, programEnvironment, programFile } from "@catapullt/testkit/programs";
import { type SmtpSink, startSmtpSink } from "@catapullt/testkit/smtp-sink";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { execa } from "execa";
import { onTestFinished } from "vitest";

export const databasePassword = "p#a\"s's w\\ord;$ ";

export interface ConfluenceHost {
  directory: string;
  confluence: BuiltConfluence;
  workDirectory: string;
  agentConfigFile: string;
  /** Programs that stand before the system's on PATH. */
  programs: string;
  mails: SmtpSink["mails"];
  /** Runs the cron line. */
  backUp(options?: BackupOptions): Promise<ProgramResult>;
  /** Starts the cron line without waiting for its end. */
  startBackup(options?: BackupOptions): StartedBackup;
  /** Everything in the application's part of the work directory. */
  files(): string[];
}

export interface StartedBackup {
  /** Sends a signal to notify. */
  kill(signal: NodeJS.Signals): void;
  ended: Promise<ProgramResult>;
}

export interface BackupOptions {
  application?: string;
  environment?: Record<string, string>;
  /** Stands before the command, such as `setpriv` with its options. */
  prefix?: readonly string[];
}

export interface ConfluenceHostOptions {
  server: ThrowawayMariadb;
  /** Lines of agent.yaml over the ones that lead to the application. */
  workDirectory?: string | undefined;
  database?: string | undefined;
  extraKeys?: string | undefined;
}

/** A host with a Confluence, its agent and notifier configured, and a mail server: all of it goes away with the test. */
export async function createConfluenceHost(options: ConfluenceHostOptions): Promise<ConfluenceHost> {
  const { server, database = "", extraKeys = "" } = options;
  const directory = temporaryDirectory("confluence-host");
  const mailServer = await startSmtpSink();
  onTestFinished(() => mailServer.close());
  const confluence = buildConfluence({
    home: join(directory, "home"),
    install: join(directory, "install"),
    properties: confluenceDatabaseProperties({
      url: `jdbc:mysql://127.0.0.1:${server.port}/confluence`,
      user: "confluence",
      password: databasePassword,
    }),
  });
  const workDirectory = options.workDirectory ?? join(directory, "work");
  if (options.workDirectory === undefined) mkdirSync(workDirectory);
  const agentConfigFile = join(directory, "agent.yaml");
  writeFileSync(
    agentConfigFile,
    `workDir: ${workDirectory}
stateDir: ${join(directory, "state")}
applications:
  confluence:
    home: ${confluence.home}
    install: ${confluence.install}
${database}${extraKeys}`,
    { mode: 0o640 },
  );
  const notifyConfigFile = join(directory, "notify.yaml");
  writeFileSync(
    notifyConfigFile,
    `stateDir: ${join(directory, "state")}
transports:
  - { type: smtp, host: ${mailServer.host}, port: ${mailServer.port}, security: none, from: backup@example.com, to: [admin@example.com] }
`,
    { mode: 0o640 },
  );
  const programs = join(directory, "bin");
  mkdirSync(programs);
  symlinkSync(programFile("backup-agent"), join(programs, "backup-agent"));

  const startBackup = ({ application = "confluence", prefix = [], environment }: BackupOptions = {}): StartedBackup => {
    const base = programEnvironment();
    const cronLine = [process.execPath, programFile("notify"), "--", "backup-agent", application];
    const [program = "", ...args] = [...prefix, ...cronLine];
    const started = execa(program, args, {
      reject: false,
      extendEnv: false,
      env: {
        ...base,
        PATH: `${programs}:${base.PATH}`,
        BACKUP_AGENT_CONFIG: agentConfigFile,
        NOTIFY_CONFIG: notifyConfigFile,
        ...environment,
      },
      cwd: "/",
      stdin: "ignore",
      stripFinalNewline: false,
    });
    return {
      kill: (signal) => started.kill(signal),
      ended: started.then(({ exitCode, signal, stdout, stderr }) => ({ exitCode, signal, stdout, stderr })),
    };
  };
  return {
    directory,
    confluence,
    workDirectory,
    agentConfigFile,
    programs,
    mails: mailServer.mails,
    startBackup,
    backUp: (backupOptions) => startBackup(backupOptions).ended,
    files() {
      const place = join(workDirectory, "confluence");
      return existsSync(place)
        ? readdirSync(place)
            .filter((name) => name !== lastRunFile)
            .sort()
        : [];
    },
  };
}

/** Puts a shell script before the system's program of the same name; `real` in it is that program's path. */
export function replaceProgram(host: ConfluenceHost, name: string, script: string): void {
  const path = join(host.programs, name);
  writeFileSync(path, `#!/bin/sh\nreal=/usr/bin/${name}\n[ "$1" = --version ] && exec $real --version\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Changes the text of agent.yaml. */
export function editAgentConfig(host: ConfluenceHost, edit: (text: string) => string): void {
  writeFileSync(host.agentConfigFile, edit(readFileSync(host.agentConfigFile, "utf8")));
}
