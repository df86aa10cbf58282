import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { describeOutcome, type FinishedProcess, run } from "@catapullt/core/process/run";
import { isInside } from "../files/trees.ts";
import type { Host } from "../host.ts";
import type { Consistency } from "../type.ts";

/** A command that makes a backup of everything but configuration and keys. */
export interface GitlabProgram {
  path: string;
  /** What stands before the options. */
  task: string;
}

const programs: readonly GitlabProgram[] = [
  { path: "bin/gitlab-backup", task: "create" },
  // Before 12.2.
  { path: "bin/gitlab-rake", task: "gitlab:backup:create" },
];

/** Finds the command below the program files; undefined where it is not there. */
export async function findGitlabProgram(host: Host, install: string): Promise<GitlabProgram | undefined> {
  for (const { path, task } of programs) {
    const found = await host.findProgram([join(install, path)]);
    if (found !== undefined) return { path: found, task };
  }
  return undefined;
}

const suffix = "_gitlab_backup.tar";

/** The name of the file that is made for the agent, and never by GitLab itself: its own names begin with a time. */
export function backupFileName(application: string): string {
  return `backup-agent-${application}${suffix}`;
}

export interface GitlabBackupOptions {
  /** The application's name. */
  application: string;
  program: GitlabProgram | undefined;
  /** The directory in which GitLab makes its backups. */
  directory: string;
  install: string;
}

/** Lets GitLab make a backup before the copy, and removes it afterwards, whatever happened. */
export function makeGitlabBackup(host: Host, options: GitlabBackupOptions): Consistency {
  const { application, program, directory, install } = options;
  const name = backupFileName(application);
  const path = join(directory, name);
  const option = `BACKUP=${name.slice(0, -suffix.length)}`;
  let isOurs = false;
  return {
    title: "GitLab's own backup",
    async begin({ record, environment, signal, log }) {
      if (program === undefined) {
        throw new OperationError(
          "tool-missing",
          `${join(install, "bin/gitlab-backup")} is no program that this user can start`,
          {
            hint: `run the agent on the host, or in the container, on which GitLab is; \`applications.${application}.install\` names its program files`,
          },
        );
      }
      await requireEnded(host, option, install);
      await record(path);
      isOurs = true;
      // Its upload to a remote storage would stay there for ever: names of this kind are not pruned.
      const args = [program.task, option, "STRATEGY=copy", "SKIP=remote"];
      log.info(`running ${[program.path, ...args].join(" ")}: this can take hours`);
      const finished = await run(host.locate(program.path), args, { environment: withoutSkip(environment), signal });
      signal.throwIfAborted();
      // Older releases go on after a part that failed, and end well.
      const isWhole = !/^.*Dumping .* failed: /m.test(finished.output.toString("utf8"));
      if (finished.exitCode !== 0 || !isWhole) throw failed(finished, options);
      if ((await host.kind(path)) === "file") return;
      throw new OperationError("consistency-failed", `${program.path} ended well, and ${path} is not there`, {
        hint: `does GitLab make its backups elsewhere? set \`applications.${application}.exports\` to the directory, or run: gitlab-ctl reconfigure`,
      });
    },
    async end(token, { log }) {
      if (basename(token) !== name) throw new Error(`unreachable: ${token} was not made by this agent`);
      if (!isOurs) await requireEnded(host, option, install);
      try {
        await rm(host.locate(token));
        log.info(`removed ${token}`);
      } catch (error) {
        if (hasErrorCode(error, "ENOENT")) return;
        throw new OperationError("consistency-failed", `${token} cannot be removed: ${errorMessage(error)}`, {
          cause: error,
        });
      }
    },
    byHand: (token) => `rm ${token}`,
  };
}

// A kill of the agent does not reach it: it goes on, and would write what is being removed.
async function requireEnded(host: Host, option: string, install: string): Promise<void> {
  const isWorking = (words: readonly string[]) =>
    words.includes(option) && words.some((word) => isInside(word, install));
  if (!(await host.processes()).some(isWorking)) return;
  throw new OperationError(
    "consistency-failed",
    "the gitlab-backup that a run has begun which was killed is still at work",
    {
      hint: `wait until it has ended; it is shown by: pgrep -af ${option}`,
    },
  );
}

// What an administrator's shell leaves out is wanted here.
function withoutSkip({
  SKIP: _skip,
  BACKUP: _backup,
  CRON: _cron,
  ...environment
}: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return environment;
}

const shownLines = 5;

function failed(finished: FinishedProcess, { program, directory }: GitlabBackupOptions): OperationError {
  const said = `${finished.output.toString("utf8")}\n${finished.errorOutput}`;
  const lines = said
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const telling = lines.filter((line) => /fail|error|abort|cannot|denied|no space|already|warning: /i.test(line));
  const shown = (telling.length > 0 ? telling : lines).slice(-shownLines).map((line) => `- ${line.trim()}`);
  return new OperationError(
    "consistency-failed",
    [`${program?.path} failed (${describeOutcome(finished)})`, ...shown].join("\n"),
    { hint: hintFor(said, directory) },
  );
}

function hintFor(said: string, directory: string): string {
  if (/no space left on device|disk quota exceeded/i.test(said))
    return `free space on the disk of ${directory}: GitLab needs room there for its files once more, and for the backup`;
  if (/already (?:in progress|running)|in progress/i.test(said))
    return "another backup or restore of GitLab runs: wait until it has ended";
  if (/permission denied|must be run as root|not permitted/i.test(said)) return "run the agent as root";
  return "run it by hand as root; GitLab logs to /var/log/gitlab/gitlab-rails/backup_json.log too";
}
