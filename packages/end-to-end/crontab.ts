export interface Crontab {
  /** What stands above its jobs, such as `PATH`. */
  settings: Record<string, string>;
  /** What cron gives to the shell for each job. */
  commands: string[];
}

/** Reads a file of /etc/cron.d: settings, and jobs with five fields and a user. */
export function readCrontab(text: string): Crontab {
  const settings = [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  const commands = [...text.matchAll(/^(?:[\d*/,-]+ +){5}root +(.*)$/gm)].map(([, command = ""]) => command);
  return {
    settings: Object.fromEntries(settings),
    commands: commands.map((command) => command.replaceAll("\\%", "%")),
  };
}
