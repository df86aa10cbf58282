import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { startSshServer } from "@catapullt/testkit/sshd";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { archiverEnvironment, path, startHost } from "./lost-host.ts";

test("the user of docs/security.md fetches and removes archives by SFTP, and reaches nothing else", async () => {
  const host = await startHost();
  const run = async (command: string, environment = {}, exitCode = 0) => {
    const result = await host.run(["sh", "-ec", command], { environment: { PATH: path, ...environment } });
    expect(result.exitCode, `${command}\n${result.stdout}${result.stderr}`).toBe(exitCode);
    return result;
  };
  const blocks = readCodeBlocks("security.md");
  const [match, directories] = [
    blocks.find(({ language }) => language === ""),
    blocks.find(({ language }) => language === "sh"),
  ];
  const settings = match?.content.split("\n").flatMap((line) => /^ {4}(.*)/.exec(line)?.[1] ?? []) ?? [];
  expect(settings).toContain("ChrootDirectory /var/backups");
  await run(directories?.content ?? "exit 99");
  await run(`cd /var/backups/backup-tools/confluence; umask 027
    echo 7.19.4 > VERSION; tar -czf confluence_20261123T020000Z.tar.gz VERSION; rm VERSION
    sha1sum confluence_20261123T020000Z.tar.gz > confluence_20261123T020000Z.tar.gz.sha1
    chgrp backup confluence_*`);

  // The server is this machine's: what it shows of the host is the host's file system, seen from here.
  const inChroot = settings.map((line) => line.replace("/var/backups", join(host.root, "var/backups")));
  const server = await startSshServer({ user: "backup", configuration: ["Match User backup", ...inChroot] });
  onTestFinished(() => server.stop());
  await run("mkdir -p /etc/backup-tools /srv/backups; touch /etc/backup-tools/known_hosts");
  await execa("cp", [server.knownHostsFile, join(host.root, "etc/backup-tools/known_hosts")]);
  appendFileSync(
    join(host.root, "etc/backup-tools/archiver.yaml"),
    "vault: /srv/backups\nhosts: { wiki01: { address: 127.0.0.1, user: backup, knownHostsFile: /etc/backup-tools/known_hosts, path: / } }\n",
  );
  const environment = { ...archiverEnvironment(host, server), ARCHIVER__HOSTS__WIKI01__PATH: "/backup-tools" };

  await run("archiver pull", environment);
  expect(readdirSync(join(host.root, "srv/backups/wiki01/confluence"))).toHaveLength(2);
  expect(readdirSync(join(host.root, "var/backups/backup-tools/confluence"))).toEqual([]);
  const login = [
    "ssh",
    "-i",
    server.identityFile,
    "-o",
    `UserKnownHostsFile=${server.knownHostsFile}`,
    "-p",
    String(server.port),
  ];
  const shell = await execa(login[0] ?? "", [...login.slice(1), `backup@${server.address}`, "id"], {
    reject: false,
    timeout: 20_000,
  });
  expect(shell.stdout).not.toContain("uid=");
});
