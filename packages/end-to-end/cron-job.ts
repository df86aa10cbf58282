import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DebianHost } from "@catapullt/testkit/debian-hosts";
import { expect } from "vitest";

/**
 * Runs the job of a file in /etc/cron.d whose line contains a text as cron does: by /bin/sh, with cron's environment only. Fails where it ends
 * with another exit code.
 */
export async function runCronJob(host: DebianHost, file: string, part: string, exitCode = 0): Promise<void> {
  const lines = readLines(host, `etc/cron.d/${file}`);
  const job = lines.find((line) => line.includes(part));
  const [, user = "", command = ""] = /^(?:\S+\s+){5}(\S+)\s+(.*)$/.exec(job ?? "") ?? [];
  expect(command, `${file} has no job with ${part}`).not.toBe("");
  // What PAM sets for every session, cron's included, and then what the crontab says.
  const settings = [...readLines(host, "etc/environment"), ...lines]
    .filter((line) => /^[A-Z_]+=/.test(line))
    .map((line) => `'${line.replaceAll('"', "")}'`);
  const environment = [`HOME=/`, `LOGNAME=${user}`, "PATH=/usr/bin:/bin", ...settings].join(" ");
  const quoted = command.replaceAll("\\%", "%").replaceAll("'", "'\\''");
  const result = await host.run(`cd / && runuser -u ${user} -- env -i ${environment} /bin/sh -c '${quoted}'`);
  expect(result.exitCode, `${host.name}: ${command}\n${result.stdout}${result.stderr}`).toBe(exitCode);
}

function readLines(host: DebianHost, path: string): string[] {
  const file = join(host.root, path);
  return existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
}
