import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PrivateHost } from "@catapullt/testkit/private-host";
import { startSshServer } from "@catapullt/testkit/sshd";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, onTestFinished, test } from "vitest";
import { readCrontab } from "./crontab.ts";
import { readCodeBlocks } from "./document.ts";
import { expectPrinted } from "./expect-printed.ts";
import { runOn, startIntranetHost } from "./intranet-host.ts";
import { startHost } from "./lost-host.ts";

const recover = readCodeBlocks("how-to/recover-when-the-backup-host-died.md");

/** A backup host that is let in at the application host, and has pulled its first archive. */
async function startBackupHost(application: PrivateHost): Promise<PrivateHost> {
  const host = await startHost();
  const server = await startSshServer();
  onTestFinished(() => server.stop());
  await runOn(host, "mkdir /etc/backup-tools; ssh-keygen -q -t ed25519 -N '' -f /etc/backup-tools/id_ed25519");
  server.authorize([readFileSync(join(host.root, "etc/backup-tools/id_ed25519.pub"), "utf8").trim()]);
  writeFiles(host.root, {
    "/etc/backup-tools/known_hosts": readFileSync(server.knownHostsFile),
    "/etc/backup-tools/notify.yaml": "transports: []\n",
    "/etc/backup-tools/archiver.yaml": `vault: /srv/backups
hosts:
  intranet01:
    address: 127.0.0.1
    port: ${server.port}
    user: ${server.user}
    identityFile: /etc/backup-tools/id_ed25519
    knownHostsFile: /etc/backup-tools/known_hosts
    path: ${join(application.root, "var/backups/backup-tools")}
    expect: { intranet: { every: 24h, grace: 4h } }
`,
  });
  mkdirSync(join(host.root, "srv/backups"));
  await runOn(application, "backup-agent intranet");
  await runOn(host, "archiver pull");
  return host;
}

function archivesIn(host: PrivateHost, vault: string): string[] {
  return readdirSync(join(host.root, vault, "intranet01/intranet")).filter((name) => name.endsWith(".tar.zst"));
}

test("docs/how-to/recover-when-the-backup-host-died.md shows commands in the sections that are followed here only", () => {
  const followed = /^(?:\d\. .*|Before it happens|If the vault is lost too)$/;
  expect(recover.filter(({ heading }) => !followed.test(heading))).toEqual([]);
});

test("docs/how-to/recover-when-the-backup-host-died.md, followed literally, brings back vault and pulls", {
  timeout: 180_000,
}, async () => {
  const application = await startIntranetHost();
  const old = await startBackupHost(application);
  const [secondCopy] = recover.filter(({ heading }) => heading === "Before it happens");
  mkdirSync(join(old.root, "srv/second-copy"));
  for (const { command } of readCrontab(secondCopy?.content ?? "").jobs) await runOn(old, command);
  const copied = archivesIn(old, "srv/backups");

  // It dies, its second copy is put into the new host, and the next backup waits at the application host.
  const host = await startHost();
  cpSync(join(old.root, "srv/second-copy"), join(host.root, "srv/second-copy"), { recursive: true });
  await old.stop();
  await runOn(application, "backup-agent intranet");

  let printed = "";
  for (const { heading, language, content, named = "" } of recover) {
    if (!/^\d\. /.test(heading)) continue;
    if (language === "sh") printed = await runOn(host, content);
    else if (named.startsWith("/etc/cron.d/")) writeFiles(host.root, { [named]: content });
    else expectPrinted(printed, content);
  }

  expect(copied).toHaveLength(1);
  expect(archivesIn(host, "srv/backups")).toEqual([...copied, expect.any(String)]);
  const jobs = readCrontab(readFileSync(join(host.root, "etc/cron.d/backup-archiver"), "utf8")).jobs;
  expect(jobs).toHaveLength(3);
  for (const { command } of jobs) await runOn(host, command);
  const list = JSON.parse(await runOn(host, "archiver list --json")) as {
    verified: string | null;
    proven: string | null;
  }[];
  expect(list.map(({ verified }) => verified)).not.toContain(null);
  expect(list[0]?.proven).not.toBeNull();
});

test("docs/how-to/recover-when-the-backup-host-died.md: without a vault, the hosts' own archives make a new one", {
  timeout: 180_000,
}, async () => {
  const application = await startIntranetHost();
  const host = await startBackupHost(application);
  await runOn(application, "backup-agent intranet"); // nobody has fetched this one yet
  await runOn(host, "rm -r /srv/backups");

  const steps = recover.filter(({ heading }) => heading === "If the vault is lost too");
  expect(steps).toHaveLength(3);
  for (const { content } of steps) await runOn(content.includes("backup-agent") ? application : host, content);

  expect(archivesIn(host, "srv/backups")).toHaveLength(2);
  const [newest] = JSON.parse(await runOn(host, "archiver list --json")) as { proven: string | null }[];
  expect(newest?.proven).not.toBeNull();
});

test("docs/how-to/move-the-vault.md, followed literally, leaves the vault in its new place, whole", {
  timeout: 180_000,
}, async () => {
  const application = await startIntranetHost();
  const host = await startBackupHost(application);
  mkdirSync(join(host.root, "srv/large"));
  const cron = "0 4 * * *  root  notify -- archiver pull\n";
  writeFiles(host.root, { "/etc/cron.d/backup-archiver": cron });

  let printed = "";
  for (const { heading, language, content } of readCodeBlocks("how-to/move-the-vault.md")) {
    if (language === "sh") printed = await runOn(host, content);
    else expectPrinted(printed, content);
    // A last pull comes to its end while the jobs are being stopped.
    if (/^1\. /.test(heading)) {
      await runOn(application, "backup-agent intranet");
      await runOn(host, "archiver pull");
    }
    // The next night's backup.
    if (/^3\. /.test(heading) && language === "sh") await runOn(application, "backup-agent intranet");
  }

  expect(archivesIn(host, "srv/large/backups")).toHaveLength(3);
  expect(existsSync(join(host.root, "srv/backups"))).toBe(false);
  expect(readFileSync(join(host.root, "etc/cron.d/backup-archiver"), "utf8")).toBe(cron);
  expect(await runOn(host, "archiver list")).toMatch(/(?:\n.*intranet_\S+){3}/);
});
