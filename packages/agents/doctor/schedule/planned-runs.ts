import { isAbsolute, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../../applications/host.ts";
import { readServiceUnit } from "../../applications/service/systemd-unit.ts";
import { parseCrontab } from "./crontab.ts";
import { backsUp } from "./mentions.ts";

/** Something on this host that will back the application up. */
export interface PlannedRun {
  /** The file that says so. */
  source: string;
  by: "cron" | "script" | "systemd";
  /** As it stands there: a cron expression, or what the source is called. */
  when: string;
  user: string | undefined;
  command: string;
  environment: Readonly<Record<string, string>>;
  /** Why it does not count, where it does not. */
  ignored: { why: string; fix: string } | undefined;
}

export interface PlannedRuns {
  runs: PlannedRun[];
  /** Places that this user may not look into. */
  unread: string[];
}

// What cron's and cronie's run-parts and cron.d take.
const plainName = /^[A-Za-z0-9_-]+$/;
const timerDirectories = [
  "/etc/systemd/system",
  "/run/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
];

/** Looks into crontabs, cron's directories and systemd's timers. Changes nothing. */
export async function findPlannedRuns(host: Host, application: string): Promise<PlannedRuns> {
  const found: PlannedRuns = { runs: [], unread: [] };
  const attempt = async <T>(action: () => Promise<T>, path: string): Promise<T | undefined> => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      found.unread.push(path);
      return undefined;
    }
  };
  const list = async (path: string) => (await attempt(() => host.list(path), path)) ?? [];
  const readText = async (path: string) => {
    if ((await attempt(() => host.kind(path), path)) !== "file") return undefined;
    return await attempt(() => host.readText(path), path);
  };

  async function addCrontab(path: string, owner: string | undefined): Promise<void> {
    const text = await readText(path);
    for (const line of parseCrontab(text ?? "", { hasUser: owner === undefined })) {
      if (!(await runs(line.command))) continue;
      const { schedule: when, command, environment } = line;
      const isIgnored = path.startsWith("/etc/cron.d/") && !plainName.test(path.slice("/etc/cron.d/".length));
      const ignored = isIgnored
        ? {
            why: "cron passes over files whose names have dots",
            fix: `run: mv ${path} ${path.replace(/\.(?=[^/]*$)/, "-")}`,
          }
        : undefined;
      found.runs.push({ source: path, by: "cron", when, user: owner ?? line.user, command, environment, ignored });
    }
  }

  async function runs(command: string): Promise<boolean> {
    if (backsUp(command, application)) return true;
    for (const word of command.split(/\s+/).filter(isAbsolute)) {
      const text = await readText(word);
      if (text?.startsWith("#!") && backsUp(text, application)) return true;
    }
    return false;
  }

  await addCrontab("/etc/crontab", undefined);
  for (const name of await list("/etc/cron.d")) await addCrontab(join("/etc/cron.d", name), undefined);
  for (const directory of ["/var/spool/cron/crontabs", "/var/spool/cron"])
    for (const name of await list(directory)) await addCrontab(join(directory, name), name);
  for (const period of ["hourly", "daily", "weekly", "monthly"]) {
    for (const name of await list(`/etc/cron.${period}`)) {
      const source = `/etc/cron.${period}/${name}`;
      if (!plainName.test(name) || !backsUp((await readText(source)) ?? "", application)) continue;
      found.runs.push({
        source,
        by: "script",
        when: period,
        user: "root",
        command: source,
        environment: {},
        ignored: undefined,
      });
    }
  }
  await addTimers();
  return found;

  async function addTimers(): Promise<void> {
    const wants = await list("/etc/systemd/system/timers.target.wants");
    const names = new Set([...wants, ...(await list("/etc/systemd/system"))].filter((name) => name.endsWith(".timer")));
    for (const name of names) {
      const [, stem = "", instance] = /^([^@]+@?)(.*)\.timer$/.exec(name) ?? [];
      const text = await readFirst([`${stem}${instance}.timer`, `${stem}.timer`]);
      if (text === undefined || (stem.endsWith("@") && instance === "")) continue;
      const service = /^\s*Unit\s*=\s*(\S+)\.service\s*$/m.exec(text)?.[1] ?? `${stem}${instance}`;
      const unit =
        (await readServiceUnit(host, service)) ?? (await readServiceUnit(host, service.replace(/@.*$/, "@")));
      const command = (unit?.command ?? []).join(" ").replace(/%[iI]/g, instance ?? "");
      if (unit === undefined || !(await runs(command))) continue;
      const ignored = wants.includes(name)
        ? undefined
        : { why: "the timer is not enabled", fix: `run: systemctl enable --now ${name}` };
      found.runs.push({
        source: name,
        by: "systemd",
        when: /^\s*OnCalendar\s*=\s*(.+)$/m.exec(text)?.[1]?.trim() ?? "its timer says",
        user: undefined,
        command,
        environment: Object.fromEntries(unit.environment),
        ignored,
      });
    }
  }

  async function readFirst(names: readonly string[]): Promise<string | undefined> {
    for (const name of names)
      for (const directory of timerDirectories) {
        const text = await readText(join(directory, name));
        if (text !== undefined) return text;
      }
    return undefined;
  }
}
