import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@catapullt/testkit/free-port";
import type { PrivateHost } from "@catapullt/testkit/private-host";
import { startSmtpSink } from "@catapullt/testkit/smtp-sink";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, onTestFinished, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { expectPrinted } from "./expect-printed.ts";
import { runOn, startIntranetHost } from "./intranet-host.ts";
import { startHost } from "./lost-host.ts";

const page = readCodeBlocks("how-to/rotate-keys.md");
const followed = [
  "The archiver's SSH key",
  "A host's own key",
  "The mail server's password, tokens and webhooks",
  "A database's password",
  "The applications' keys, and keysDir",
];
const blocksOf = (heading: string) => page.filter((block) => block.heading === heading);

/** An application host whose user `backup-fetch` is the one of getting-started.md. */
async function startApplicationHost(port: number): Promise<{ host: PrivateHost; restart(): Promise<void> }> {
  const host = await startIntranetHost();
  const isHere = ({ content }: { content: string }) => content.includes("Match User backup-fetch");
  const confinement = readCodeBlocks("getting-started.md").find(isHere)?.content;
  writeFiles(host.root, {
    "/etc/ssh/test_sshd_config": `ListenAddress 127.0.0.1:${port}
HostKey /etc/ssh/ssh_host_ed25519_key
PidFile /var/tmp/sshd.pid
Subsystem sftp internal-sftp
${confinement}`,
  });
  appendFileSync(join(host.root, "etc/backup-tools/agent.yaml"), "archiveGroup: backup-fetch\n");
  await runOn(
    host,
    `useradd --system --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin --password '*' backup-fetch
     install -d -g backup-fetch -m 0770 /var/backups/backup-tools/intranet
     chgrp backup-fetch /var/backups/backup-tools; chmod 0750 /var/backups/backup-tools
     mkdir -p /run/sshd /etc/ssh/authorized_keys.d`,
  );
  const start = `rm -f /etc/ssh/ssh_host_ed25519_key*; ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
    ${systemProgram("sshd")} -f /etc/ssh/test_sshd_config`;
  await runOn(host, start);
  return {
    host,
    async restart() {
      await runOn(host, `server=$(cat /var/tmp/sshd.pid); kill $server; tail --pid=$server -f /dev/null\n${start}`);
    },
  };
}

async function startBackupHost(application: PrivateHost, port: number): Promise<PrivateHost> {
  const host = await startHost();
  const hostKey = readFileSync(join(application.root, "etc/ssh/ssh_host_ed25519_key.pub"), "utf8");
  writeFiles(host.root, {
    "/etc/backup-tools/archiver.yaml": `vault: /srv/backups
hosts:
  wiki01:
    address: wiki01.example.com
    port: ${port}
    user: backup-fetch
    identityFile: /etc/backup-tools/id_ed25519
    knownHostsFile: /etc/backup-tools/known_hosts
    path: /
`,
    "/etc/backup-tools/known_hosts": `[wiki01.example.com]:${port} ${hostKey}`,
  });
  appendFileSync(join(host.root, "etc/hosts"), "127.0.0.1 wiki01.example.com\n");
  await runOn(host, "mkdir -m 0750 /srv/backups; ssh-keygen -q -t ed25519 -N '' -f /etc/backup-tools/id_ed25519");
  const key = readFileSync(join(host.root, "etc/backup-tools/id_ed25519.pub"), "utf8");
  writeFiles(application.root, { "/etc/ssh/authorized_keys.d/backup-fetch": `restrict ${key}` });
  return host;
}

test("docs/how-to/rotate-keys.md shows commands in the sections that are followed here only", () => {
  expect([...new Set(page.map(({ heading }) => heading))]).toEqual(followed);
});

test("docs/how-to/rotate-keys.md, followed literally, replaces SSH keys at both ends without trust on first use", {
  timeout: 180_000,
}, async () => {
  const port = await freePort();
  const { host: application, restart } = await startApplicationHost(port);
  const backup = await startBackupHost(application, port);
  const at = (file: string) => join(backup.root, file);
  const oldKey = readFileSync(at("etc/backup-tools/id_ed25519.pub"), "utf8");
  const stored = () => readdirSync(at("srv/backups/wiki01/intranet")).filter((name) => name.endsWith(".zst"));
  // The application host's SSH server listens on a port of its own.
  const here = (text: string) =>
    text
      .replace(/ssh-keygen -R wiki01\.example\.com/, `ssh-keygen -R [wiki01.example.com]:${port}`)
      .replace(/ssh-keyscan (.*) wiki01/, `ssh-keyscan -p ${port} $1 wiki01`);

  await runOn(application, "backup-agent intranet");
  let printed = "";
  for (const { language, content, paragraph } of blocksOf("The archiver's SSH key")) {
    if (language !== "sh") expectPrinted(printed, content.replace("port 22", `port ${port}`));
    else if (/application host/.test(paragraph)) {
      mkdirSync(join(application.root, "srv/keys"), { recursive: true });
      const name = existsSync(at("etc/backup-tools/id_ed25519.new.pub")) ? "id_ed25519.new.pub" : "id_ed25519.pub";
      copyFileSync(at(`etc/backup-tools/${name}`), join(application.root, "srv/keys/id_ed25519.new.pub"));
      await runOn(application, `cd /srv/keys; ${content}`);
    } else printed = await runOn(backup, content, { exitCode: /must fail/.test(paragraph) ? 1 : 0 });
  }
  expect(stored()).toHaveLength(1);
  const authorized = readFileSync(join(application.root, "etc/ssh/authorized_keys.d/backup-fetch"), "utf8");
  expect(authorized).toBe(`restrict ${readFileSync(at("etc/backup-tools/id_ed25519.pub"), "utf8")}`);
  expect(authorized).not.toContain(oldKey.split(" ")[1]);

  await restart();
  await runOn(application, "backup-agent intranet");
  await runOn(backup, "archiver pull", { exitCode: 1 });
  const fingerprints: string[] = [];
  for (const { content, paragraph } of blocksOf("A host's own key")) {
    const output = await runOn(/application host/.test(paragraph) ? application : backup, here(content));
    fingerprints.push(...(output.match(/SHA256:\S+/g) ?? []));
  }
  expect(fingerprints[0]).toMatch(/^SHA256:/);
  expect(fingerprints.slice(0, 2)).toEqual([fingerprints[0], fingerprints[0]]);
  await runOn(backup, "archiver pull");
  expect(stored()).toHaveLength(2);
  for (const heading of ["A database's password", "The applications' keys, and keysDir"]) {
    const blocks = blocksOf(heading);
    expect(blocks).toHaveLength(1);
    for (const { content } of blocks) await runOn(application, content);
  }
});

test("docs/how-to/rotate-keys.md: what a mail server refused because of an old password is sent with the new one", async () => {
  const mailServer = await startSmtpSink({
    security: "starttls",
    authentication: { user: "backup", password: "the new one" },
  });
  onTestFinished(() => mailServer.close());
  const host = await startHost();
  writeFiles(host.root, {
    "/etc/backup-tools/notify.yaml": `transports:
  - type: smtp
    host: ${mailServer.host}
    port: ${mailServer.port}
    security: starttls
    caFile: ${mailServer.authorityFile}
    user: backup
    password: { file: /etc/backup-tools/smtp.password }
    from: backup@example.com
    to: [admin@example.com]
`,
    "/opt/stand-ins/editor": `#!/bin/sh\necho "the new one" > "$1"\n`,
  });
  await runOn(
    host,
    "echo 'the old one' > /etc/backup-tools/smtp.password; chmod 600 /etc/backup-tools/smtp.password; chmod 755 /opt/stand-ins/editor",
  );
  await runOn(host, "notify --name nightly -- true");
  expect(mailServer.mails).toEqual([]);

  const [block, ...more] = blocksOf("The mail server's password, tokens and webhooks");
  expect(more).toEqual([]);
  await runOn(host, block?.content ?? "exit 99");
  const subjects = mailServer.mails.map(({ subject }) => subject).sort();
  expect(subjects).toEqual([expect.stringContaining("nightly"), expect.stringMatching(/test/i)]);
});
