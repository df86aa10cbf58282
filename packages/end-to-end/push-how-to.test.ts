import { appendFileSync, copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@catapullt/testkit/free-port";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { expect, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { path, startHost } from "./lost-host.ts";

test("every command and configuration of the how-to on pushing works as it stands there", {
  timeout: 120_000,
}, async () => {
  const blocks = readCodeBlocks("how-to/push.md");
  const commands = blocks.filter(({ language }) => language === "sh").map(({ content }) => content);
  const [pulling = "", pushing = ""] = blocks
    .filter(({ language }) => language === "yaml")
    .map(({ content }) => content);
  const match = blocks.find(({ content }) => content.startsWith("Match User"))?.content ?? "";
  const host = await startHost();
  const port = await freePort();
  const environment: Record<string, string> = { PATH: path, ARCHIVER__PUSH__TO__PORT: String(port) };
  const run = async (script: string, exitCode = 0) => {
    const result = await host.run(["sh", "-ec", script], { environment });
    expect(result.exitCode, `${script}\n${result.stdout}${result.stderr}`).toBe(exitCode);
    return result;
  };
  const [makeInbox = "", makeKey = "", ...push] = commands;
  const at = (file: string) => join(host.root, file);

  await run(makeInbox);
  await run(makeKey);
  copyFileSync(at("etc/backup-tools/push_ed25519.pub"), at("etc/ssh/authorized_keys.d/push-wiki01"));
  appendFileSync(at("etc/hosts"), "127.0.0.1 backup.example.com\n");
  const serverConfiguration = `ListenAddress 127.0.0.1:${port}
HostKey /etc/ssh/test_host_key
PidFile none
Subsystem sftp internal-sftp
${match}`;
  writeFileSync(at("etc/ssh/test_sshd_config"), serverConfiguration);
  await run(
    `ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/test_host_key; mkdir -p /run/sshd; ${systemProgram("sshd")} -f /etc/ssh/test_sshd_config`,
  );
  await run(`mkdir -p /srv/backups /var/backups/backup-tools/confluence; cd /var/backups/backup-tools/confluence
    for time in 20261122T020000Z 20261123T020000Z; do
      echo 7.19.4 > VERSION; tar -czf confluence_$time.tar.gz VERSION; rm VERSION
      sha1sum confluence_$time.tar.gz > confluence_$time.tar.gz.sha1
    done`);
  writeFileSync(at("etc/backup-tools/archiver.yaml"), pushing);

  const refused = await run("archiver push", 1);
  const scan = refused.stderr.split("\n").find((line) => line.includes("ssh-keyscan")) ?? "";
  await run(scan);
  expect((await run(push.join(""))).stdout).toContain("removed here: confluence_20261122T020000Z.tar.gz");

  const inbox = at("srv/inbox/wiki01/archives/confluence");
  expect(readdirSync(inbox)).toHaveLength(4);
  expect(readdirSync(at("var/backups/backup-tools/confluence"))).toHaveLength(2);
  writeFileSync(at("etc/backup-tools/archiver.yaml"), pulling);
  delete environment.ARCHIVER__PUSH__TO__PORT;
  await run("archiver pull");
  expect(readdirSync(inbox)).toEqual([]);
  expect(readdirSync(at("srv/backups/wiki01/confluence")).filter((name) => name.endsWith(".gz"))).toHaveLength(2);
});
