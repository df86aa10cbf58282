import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCron } from "@catapullt/core/schedule/cron";
import type { PrivateHost } from "@catapullt/testkit/private-host";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { writeFiles } from "@catapullt/testkit/write-files";
import { execa } from "execa";
import { expect, test } from "vitest";
import { readCrontab } from "./crontab.ts";
import { readCodeBlocks } from "./document.ts";
import { runOn, startIntranetHost } from "./intranet-host.ts";

const repository = new URL("../../", import.meta.url).pathname;
const text = readFileSync(`${repository}docs/how-to/cron-or-systemd.md`, "utf8");
const page = readCodeBlocks("how-to/cron-or-systemd.md");
const files = page.filter(({ named = "" }) => named.startsWith("/etc/")).map(({ named, content }) => [named, content]);
const contents: Record<string, string> = Object.fromEntries(files);

/** A host that is application host and backup host in one, with the programs where `npm install -g` puts them. */
async function startInstalledHost(): Promise<PrivateHost> {
  const host = await startIntranetHost();
  await runOn(
    host,
    `mkdir /opt/programs; cd /opt/programs; ln -s ${process.execPath} node
     for program in notify backup-agent archiver; do
       printf '#!/bin/sh\\nexec ${repository}node_modules/.bin/%s "$@"\\n' $program > $program; chmod 755 $program
     done
     mount --bind /opt/programs /usr/local/bin
     mkdir /srv/backups`,
  );
  writeFiles(host.root, {
    ...contents,
    "/etc/backup-tools/notify.yaml": "transports: [{ type: file, path: /var/log/backup-messages.jsonl }]\n",
    "/etc/backup-tools/archiver.yaml": `vault: /srv/backups
retention: { daily: 7 }
hosts:
  wiki01: { type: local, path: /var/backups/backup-tools, expect: { intranet: { every: 24h, grace: 4h } } }
`,
  });
  return host;
}

const commandsOf = (heading: string) =>
  page.filter((block) => block.heading === heading && block.language === "sh").map(({ content }) => content);

test("docs/how-to/cron-or-systemd.md: cron's lines work with nothing but cron's environment, and say nothing", {
  timeout: 120_000,
}, async () => {
  const host = await startInstalledHost();
  const base = { HOME: "/root", LOGNAME: "root" };
  for (const file of ["/etc/cron.d/backup-tools", "/etc/cron.d/backup-archiver"]) {
    const { settings, jobs } = readCrontab(contents[file] ?? "");
    expect(Object.keys(settings)).toEqual(["SHELL", "PATH", "MAILTO"]);
    expect(jobs.length).toBeGreaterThan(1);
    const variables = Object.entries({ ...base, ...settings }).map(([name, value]) => `${name}=${value}`);
    for (const { command } of jobs) {
      const run = await host.run(["env", "-i", ...variables, settings.SHELL ?? "", "-c", command]);
      expect({ command, ...run }).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    }
  }
  expect(await runOn(host, "archiver list")).toContain("intranet_");
});

test("docs/how-to/cron-or-systemd.md: its commands for cron work as they stand there, and the doctor finds the line", {
  timeout: 120_000,
}, async () => {
  const host = await startInstalledHost();
  const [asCron = "", doctor = "", ...more] = commandsOf("With cron");
  expect(more).toEqual([]);
  await runOn(host, asCron);
  // This machine may have no cron that runs; nothing else must be wrong.
  const advice = await runOn(host, `${doctor.trim()} || true`);
  expect(advice).toMatch(/ok +schedule: \/etc\/cron\.d\/backup-tools: 0 2 \* \* \*/);
  const failures = [...advice.matchAll(/^ {2}failure +(.*)$/gm)].map(([, failure]) => failure);
  expect(failures.filter((failure) => failure !== "schedule: no cron daemon runs on this host")).toEqual([]);
});

test("docs/how-to/cron-or-systemd.md: its units are right, and its commands for systemd work as they stand there", {
  timeout: 120_000,
}, async () => {
  const host = await startInstalledHost();
  mkdirSync(join(host.root, "opt/stand-ins"), { recursive: true });
  writeFiles(host.root, { "/opt/stand-ins/systemctl": '#!/bin/sh\necho "$@" >> /var/tmp/systemctl.txt\n' });
  await runOn(host, "chmod 755 /opt/stand-ins/systemctl");
  const [commands = "", ...more] = commandsOf("With systemd");
  expect(more).toEqual([]);
  const printed = await runOn(host, commands);
  expect(printed.match(/02:00:00 UTC$/gm)).toHaveLength(4);
  for (const unit of ["backup@intranet.service", "archiver-pull.timer", "archiver-pull.service"]) {
    const verified = await host.run([systemProgram("systemd-analyze"), "verify", unit]);
    expect({ unit, ...verified }).toMatchObject({ exitCode: 0, stderr: "" });
  }
  const asked = readFileSync(join(host.root, "var/tmp/systemctl.txt"), "utf8");
  expect(asked).toBe("daemon-reload\nenable --now backup@intranet.timer\n");
  const [, start = ""] = /^ExecStart=(.*)$/m.exec(contents["/etc/systemd/system/backup@.service"] ?? "") ?? [];
  const [, path = ""] = /^Environment=(PATH=.*)$/m.exec(contents["/etc/systemd/system/backup@.service"] ?? "") ?? [];
  const run = await host.run(["env", "-i", path, "sh", "-c", start.replaceAll("%i", "intranet")]);
  expect(run.exitCode, run.stderr).toBe(0);
});

test("docs/how-to/cron-or-systemd.md tells right what happens on the nights on which clocks change", async () => {
  const nights = ["2026-03-29", "2026-10-25"];
  const cells = (row: RegExp) => {
    const line = text.split("\n").find((candidate) => row.test(candidate)) ?? "";
    return line
      .split("|")
      .slice(2, 4)
      .map((cell) => /(\d\d:\d\d) UTC/.exec(cell)?.[1] ?? "not at all");
  };
  const timeOf = (moment: string | undefined, night: string) =>
    moment?.startsWith(night) ? moment.slice(11, 16) : "not at all";
  const { next } = parseCron({ expression: "30 2 * * *", timeZone: "Europe/Berlin" });
  const byCron = nights.map((night) => timeOf(next(new Date(`${night}T00:00:00Z`))?.toISOString(), night));
  expect(cells(/^\| Debian's cron/)).toEqual(byCron);
  for (const calendar of ["*-*-* 02:30:00 Europe/Berlin", "*-*-* 02:30:00 UTC"]) {
    const bySystemd = nights.map(async (night) => {
      const base = `${night} 00:00:00 UTC`;
      const args = ["calendar", `--base-time=${base}`, calendar];
      const { stdout } = await execa(systemProgram("systemd-analyze"), args, { env: { TZ: "UTC" } });
      const [, day = "", time = ""] = /Next elapse: \w+ (\S+) (\d\d:\d\d)/.exec(stdout) ?? [];
      return timeOf(`${day}T${time}`, night);
    });
    const row = new RegExp(`^\\| systemd, \`OnCalendar=${calendar.replaceAll("*", "\\*")}`);
    expect(cells(row)).toEqual(await Promise.all(bySystemd));
  }
});
