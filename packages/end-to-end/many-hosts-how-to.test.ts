import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@catapullt/testkit/free-port";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { expect, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { path, startHost } from "./lost-host.ts";

test("every command and configuration of the how-to on many hosts works as it stands there", {
  timeout: 120_000,
}, async () => {
  const [configuration, openSsh, doctor, pull, sample, ...more] = readCodeBlocks("how-to/many-hosts.md");
  expect(sample?.content).toMatch(/^all {2}1 of 3 hosts /m);
  expect(more).toEqual([]);
  const host = await startHost();
  const port = await freePort();
  const environment = {
    PATH: path,
    ARCHIVER__HOSTS__WIKI01__PORT: String(port),
    ARCHIVER__HOSTS__GIT01__PATH: "/var/backups/git",
  };
  const run = async (script = "", exitCode = 0) => {
    const result = await host.run(["sh", "-ec", script], { environment });
    expect(result.exitCode, `${script}\n${result.stdout}${result.stderr}`).toBe(exitCode);
    return result;
  };
  const at = (file: string) => join(host.root, file);
  await run(`useradd --create-home --password '*' backup-fetch
    mkdir -p /etc/backup-tools /run/sshd; mkdir -m 750 /srv/backups; mkdir -p /var/backups/backup-tools/wiki /var/backups/git/gitea /etc/ssh/authorized_keys.d
    ssh-keygen -q -t ed25519 -N '' -f /etc/backup-tools/id_ed25519
    ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/test_host_key
    cp /etc/backup-tools/id_ed25519.pub /etc/ssh/authorized_keys.d/backup-fetch
    for archive in backup-tools/wiki/wiki git/gitea/gitea; do
      cd /var/backups/$(dirname $archive)
      name=$(basename $archive)_20261123T020000Z.tar.gz
      echo 1 > VERSION; tar -czf $name VERSION; rm VERSION; sha1sum $name > $name.sha1
    done
    chown -R backup-fetch /var/backups/backup-tools /var/backups/git`);
  const names = ["wiki01.example.com", "git01.internal.example.com", "bastion.example.com"];
  appendFileSync(at("etc/hosts"), `127.0.0.1 ${names.join(" ")}\n`);
  writeFileSync(
    at("etc/ssh/test_sshd_config"),
    `ListenAddress 127.0.0.1:${port}
HostKey /etc/ssh/test_host_key
PidFile none
AuthorizedKeysFile /etc/ssh/authorized_keys.d/%u
Subsystem sftp internal-sftp
`,
  );
  const key = readFileSync(at("etc/ssh/test_host_key.pub"), "utf8");
  writeFileSync(at("etc/backup-tools/known_hosts"), names.map((name) => `[${name}]:${port} ${key}`).join(""));
  await run(`${systemProgram("sshd")} -f /etc/ssh/test_sshd_config`);
  writeFileSync(at("etc/backup-tools/archiver.yaml"), configuration?.content ?? "");
  const settings = openSsh?.content.replace(/^Host git01$/m, `$&\n    Port ${port}`) ?? "";
  writeFileSync(at("etc/backup-tools/ssh_config"), settings.replace("bastion.example.com", `$&:${port}`));

  const advice = await run(doctor?.content);
  expect(advice.stdout).toContain("wiki01");
  expect(advice.stdout).toContain("git01");
  await run(pull?.content);
  expect(readdirSync(at("srv/backups/wiki01/wiki"))).toHaveLength(2);
  expect(readdirSync(at("srv/backups/git01/gitea"))).toHaveLength(2);
  for (const place of ["backup-tools/wiki", "git/gitea"]) {
    expect(existsSync(at(`var/backups/${place}`))).toBe(true);
    expect(readdirSync(at(`var/backups/${place}`))).toEqual([]);
  }
});
