import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DebianHost } from "@catapullt/testkit/debian-hosts";
import { expect } from "vitest";
import { readCrontab } from "./crontab.ts";

/**
 * Runs the job of a file in /etc/cron.d whose line contains a text as cron does: by /bin/sh, with cron's environment only. Fails where it ends
 * with another exit code.
 */
export async function runCronJob(host: DebianHost, file: string, part: string, exitCode = 0): Promise<void> {
  const { settings, jobs } = readCrontab(readText(host, `etc/cron.d/${file}`));
  const job = jobs.find(({ command }) => command.includes(part));
  if (job === undefined) throw new Error(`${file} has no job with ${part}`);
  const { user, command } = job;
  // What PAM sets for every session, cron's included, and then what the crontab says.
  const variables = Object.entries({
    ...{ HOME: "/", LOGNAME: user, PATH: "/usr/bin:/bin" },
    ...readCrontab(readText(host, "etc/environment")).settings,
    ...settings,
  });
  const environment = variables.map(([name, value]) => `'${name}=${value}'`).join(" ");
  const quoted = command.replaceAll("'", "'\\''");
  const result = await host.run(`cd / && runuser -u ${user} -- env -i ${environment} /bin/sh -c '${quoted}'`);
  expect(result.exitCode, `${host.name}: ${command}\n${result.stdout}${result.stderr}`).toBe(exitCode);
}

function readText(host: DebianHost, path: string): string {
  const file = join(host.root, path);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
