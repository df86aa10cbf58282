export interface Crontab {
  /** What stands above its jobs, such as `PATH`. */
  settings: Record<string, string>;
  /** Whom cron runs each job as, and what it gives to the shell. */
  jobs: { user: string; command: string }[];
}

/** Reads a file of /etc/cron.d: settings, and jobs with five fields and a user. */
export function readCrontab(text: string): Crontab {
  const settings = [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value = ""]) => [name, unquote(value)]);
  const jobs = [...text.matchAll(/^(?:[\w*/,-]+\s+){5}(\S+)\s+(.*)$/gm)].map(([, user = "", command = ""]) => {
    return { user, command: command.replaceAll("\\%", "%") };
  });
  return { settings: Object.fromEntries(settings), jobs };
}

function unquote(value: string): string {
  return value.replaceAll('"', "");
}
