/** One job of a crontab. */
export interface CronLine {
  /** Five fields, or a nickname such as `@daily`. */
  schedule: string;
  /** Undefined where the crontab is one user's own. */
  user: string | undefined;
  command: string;
  /** What the crontab assigns above the line. */
  environment: Readonly<Record<string, string>>;
}

/** Reads a crontab(5). `hasUser` as in /etc/crontab and /etc/cron.d: the word after the time is a user. Pure. */
export function parseCrontab(text: string, { hasUser }: { hasUser: boolean }): CronLine[] {
  const lines: CronLine[] = [];
  let environment: Record<string, string> = {};
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, name, value = ""] = /^["']?([A-Za-z_]\w*)["']?\s*=\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      environment = { ...environment, [name]: value.replace(/^(["'])(.*)\1$/, "$2") };
      continue;
    }
    const [, schedule = "", rest] = /^(@\w+|(?:\S+\s+){4}\S+)\s+(.+)$/.exec(line) ?? [];
    if (rest === undefined) continue;
    const [, user, command = ""] = /^(\S+)\s*(.*)$/.exec(rest) ?? [];
    lines.push({
      schedule: schedule.replace(/\s+/g, " "),
      user: hasUser ? user : undefined,
      command: hasUser ? command : rest,
      environment,
    });
  }
  return lines;
}
