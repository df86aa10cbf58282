import { basename } from "node:path";
import { findSecrets } from "@catapullt/core/config/secrets";
import { OperationError } from "@catapullt/core/errors";
import { findExecutable } from "@catapullt/core/process/find-executable";
import { findCronDaemon } from "@catapullt/core/schedule/cron-daemon";
import { agentConfigDescription } from "../../config/schema.ts";
import { databaseEngine } from "../../databases/registry.ts";
import type { ApplicationSubject, Check } from "../check.ts";
import { judgeRuns, type RunFacts } from "../schedule/judge.ts";
import { findPlannedRuns, type PlannedRun } from "../schedule/planned-runs.ts";

// crontab(5) and systemd.exec(5).
const defaultPaths = {
  cron: "/usr/bin:/bin",
  script: "/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin",
  systemd: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
} as const;

/** Something backs the application up tonight, and finds its programs there. */
export const scheduleCheck: Check<ApplicationSubject> = {
  name: "schedule",
  limit: 30_000,
  async look(subject, signal) {
    const { host, application, now } = subject;
    const { runs, unread } = await findPlannedRuns(host, application.name);
    const users = await readUsers(subject);
    const facts: RunFacts[] = [];
    for (const run of runs) {
      const hasUser = run.user === undefined || users === undefined ? undefined : users.has(run.user);
      const missing = await findMissing(run, subject, signal);
      facts.push({ ...run, hasUser, missing, lostVariables: lostVariables(run, subject) });
    }
    const zone = (await host.realPath("/etc/localtime"))?.split("/zoneinfo/")[1] ?? "UTC";
    const surroundings = { application: application.name, now, timeZone: zone, unread };
    return judgeRuns(facts, { ...surroundings, hasCron: await findCronDaemon() });
  },
};

async function readUsers({ host }: ApplicationSubject): Promise<Set<string> | undefined> {
  const text = await host.readText("/etc/passwd");
  // Where users come from a directory service, the file does not have them all.
  const isAll = !/^passwd:.*\b(?:ldap|sss|winbind|nis)\b/m.test((await host.readText("/etc/nsswitch.conf")) ?? "");
  return isAll && text !== undefined ? new Set(text.split("\n").map((line) => line.split(":")[0] ?? "")) : undefined;
}

async function findMissing(run: PlannedRun, subject: ApplicationSubject, signal: AbortSignal): Promise<string[]> {
  const { host, located, environment, log } = subject;
  const searchPath = run.environment.PATH ?? defaultPaths[run.by];
  const find = (name: string) => findExecutable([name], searchPath);
  const missing = new Set<string>();
  const programs = run.command.split(/\s+/).filter((word) => ["notify", "backup-agent"].includes(basename(word)));
  for (const program of programs) {
    const path = await find(program);
    if (path === undefined) missing.add(program);
    const [, interpreter] = /^#!\/usr\/bin\/env (\S+)/.exec((path && (await firstLine(path, host))) || "") ?? [];
    if (interpreter !== undefined && (await find(interpreter)) === undefined) missing.add(interpreter);
  }
  for (const database of located.databases) {
    const context = { environment: { ...environment, PATH: searchPath }, log, signal, warn: () => {} };
    try {
      await databaseEngine(database.engine).findDumpTools(database, undefined, context);
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      // What is not there under any PATH, the database's own check tells.
      const isHere = await databaseEngine(database.engine)
        .findDumpTools(database, undefined, { ...context, environment })
        .then(
          () => true,
          () => false,
        );
      if (isHere) missing.add(`the client programs of ${database.engine}`);
    }
  }
  return [...missing];
}

async function firstLine(path: string, host: ApplicationSubject["host"]): Promise<string> {
  return ((await host.readText(path)) ?? "").slice(0, 256).split("\n")[0] ?? "";
}

function lostVariables({ environment }: PlannedRun, { loaded, environment: here }: ApplicationSubject): string[] {
  const named = findSecrets(agentConfigDescription.schema, loaded.input).flatMap(({ value }) =>
    typeof value === "object" && value !== null && "env" in value ? [String(value.env)] : [],
  );
  const own = Object.keys(here).filter((name) => name === "BACKUP_AGENT_CONFIG" || name.startsWith("BACKUP_AGENT__"));
  return [...new Set([...named, ...own])].filter((name) => environment[name] === undefined);
}
