import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { DebianHost } from "@catapullt/testkit/debian-hosts";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AnsibleLab, smtpPassword, startAnsibleLab } from "./ansible-lab.ts";
import { runCronJob } from "./cron-job.ts";
import { readCodeBlocks } from "./document.ts";

const roles = fileURLToPath(new URL("../../ansible", import.meta.url));
const limit = 300_000;

const blocks = readCodeBlocks("how-to/ansible.md").filter(({ language }) => language === "sh");
const [make = "", encrypt = "", play = "", tryOut = "", later = "", ...more] = blocks.map(({ content }) => content);
expect(more).toEqual([]);
const [check = "", install = ""] = play.split("\n");
const vault = encrypt.split("\n").find((line) => line.startsWith("export")) ?? "";

let lab: AnsibleLab;

/** Runs a script as the administrator; the exit code is part of what is expected. */
async function administer(script: string, exitCode = 0): Promise<string> {
  const result = await lab.run(`${vault}\n${script}`);
  expect(result.exitCode, `${script}\n${result.output.slice(-6000)}`).toBe(exitCode);
  return result.output;
}

async function on(host: DebianHost, script: string, exitCode = 0): Promise<string> {
  const result = await host.run(script);
  const output = `${result.stdout}${result.stderr}`;
  expect(result.exitCode, `${host.name}: ${script}\n${output}`).toBe(exitCode);
  return output;
}

/** What `ansible-playbook` says of each host in the end. */
function recap(output: string): { host: string; changed: number; failed: number }[] {
  return [...output.matchAll(/^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=0\s+failed=(\d+)/gm)].map(
    ([, host = "", changed, failed]) => ({ host, changed: Number(changed), failed: Number(failed) }),
  );
}

const unchanged = ["backup01", "git01", "intranet01"].map((host) => ({ host, changed: 0, failed: 0 }));

function archives(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith(".zst")) : [];
}

test("ansible-lint and yamllint find nothing", { timeout: limit }, async () => {
  const environment = { PATH: "/usr/bin:/bin", HOME: temporaryDirectory("lint"), LANG: "C.UTF-8" };
  const options = { cwd: roles, env: environment, extendEnv: false, all: true, reject: false } as const;
  const lint = await execa(systemProgram("ansible-lint"), ["--offline", "--nocolor", "-q"], options);
  expect([lint.exitCode, lint.all]).toEqual([0, ""]);
  const yaml = await execa(systemProgram("yamllint"), ["--strict", "."], options);
  expect([yaml.exitCode, yaml.all]).toEqual([0, ""]);
});

describe("the playbook of the how-to, on two application hosts and a backup host", () => {
  beforeAll(async () => {
    lab = await startAnsibleLab();
    const copy = make.split("\n").find((line) => line.startsWith("cp ")) ?? "";
    expect((await lab.run(copy, lab.checkout)).exitCode).toBe(0);
    await lab.adaptInventory();
  }, limit);

  afterAll(() => lab?.stop());

  test("the secrets are encrypted by the line that stands there", { timeout: limit }, async () => {
    await administer(encrypt);
    const file = join(lab.home, "infrastructure/ansible/inventory/group_vars/all/vault.yml");
    expect(readFileSync(file, "utf8")).toMatch(/^\$ANSIBLE_VAULT/);
  });

  test("check mode on new hosts says what would be done, and does nothing", { timeout: limit }, async () => {
    const output = await administer(check);
    for (const { changed, failed } of recap(output)) expect([changed > 5, failed]).toEqual([true, 0]);
    for (const { root } of [lab.git, lab.intranet, lab.backup]) {
      const made = [
        "etc/backup-tools",
        "opt/backup-tools",
        "etc/ssh/authorized_keys.d",
        "var/backups/backup-tools",
        "srv/backups",
      ];
      expect(made.filter((path) => existsSync(join(root, path)))).toEqual([]);
      expect(readdirSync(join(root, "etc/cron.d")).filter((name) => /backup|archiver/.test(name))).toEqual([]);
    }
  });

  test("installs everything, then changes nothing, and shows no secret", { timeout: limit }, async () => {
    const first = await administer(`${install} --diff -v`);
    expect(recap(first).map(({ host, failed }) => [host, failed])).toEqual(unchanged.map(({ host }) => [host, 0]));
    // Cron itself runs what was installed, in the next minute; the second run of the playbook is not in its way.
    await on(lab.git, "sed 's/^0 2 /* * /' /etc/cron.d/backup-agent > /etc/cron.d/now");
    const second = await administer(`${install} --diff -v`);
    expect(recap(second)).toEqual(unchanged);
    expect(first + second).not.toContain(smtpPassword);
    const secret = join(lab.git.root, "etc/backup-tools/smtp.password");
    expect([readFileSync(secret, "utf8"), statSync(secret).mode & 0o777, statSync(secret).uid]).toEqual([
      `${smtpPassword}\n`,
      0o600,
      0,
    ]);
  });

  test("check mode on a host that is set up finds nothing to do", { timeout: limit }, async () => {
    expect(recap(await administer(`${check} --limit intranet01`))).toEqual([
      { host: "intranet01", changed: 0, failed: 0 },
    ]);
  });

  test("cron runs the backups, mails come, and the pull brings them into the vault", { timeout: limit }, async () => {
    const workDir = (host: DebianHost, application: string) => join(host.root, "var/backups/backup-tools", application);
    for (const end = Date.now() + 90_000; archives(workDir(lab.git, "gitea")).length === 0 && Date.now() < end; )
      await delay(500);
    await on(lab.git, "rm /etc/cron.d/now");
    await runCronJob(lab.intranet, "backup-agent", "backup-agent intranet");
    expect(archives(workDir(lab.git, "gitea")).length).toBeGreaterThan(0);
    expect(archives(workDir(lab.intranet, "intranet"))).toHaveLength(1);

    await runCronJob(lab.backup, "archiver", "archiver pull");
    const vault = (name: string) => archives(join(lab.backup.root, "srv/backups", name));
    expect(vault("git01/gitea").length).toBeGreaterThan(0);
    expect(vault("intranet01/intranet")).toHaveLength(1);
    expect(archives(workDir(lab.git, "gitea"))).toEqual([]);
    expect(archives(workDir(lab.intranet, "intranet"))).toEqual([]);
    await runCronJob(lab.backup, "archiver", "archiver prune");
    await runCronJob(lab.backup, "archiver", "archiver check");
    const subjects = lab.mails.map(({ subject, secure, user }) => `${subject} ${secure} ${user}`).join("\n");
    expect(subjects).toMatch(/OK gitea on git01: .* true backup/);
    expect(subjects).toMatch(/OK intranet on intranet01: .* true backup/);
    expect(subjects).toMatch(/OK archiver pull on backup01: /);
    expect(subjects).toMatch(/OK archiver check on backup01: /);
    const log = readFileSync(join(lab.backup.root, "var/log/backup-tools/archiver.log"), "utf8");
    expect(log).toContain("git01: fetched gitea_");
    await on(lab.backup, "logrotate --debug /etc/logrotate.d/archiver");
  });

  test("the commands that try it out, and those for later, work as they stand there", { timeout: limit }, async () => {
    const output = await administer(tryOut);
    expect(output).toMatch(/git01 +gitea +ok/);
    expect(output).toMatch(/intranet01 +intranet +ok/);
    const [tags = "", limited = ""] = later.split("\n");
    expect(recap(await administer(tags))).toEqual(unchanged);
    expect(recap(await administer(limited))).toEqual([{ host: "git01", changed: 0, failed: 0 }]);
  });

  describe("the archiver's key, in other hands", () => {
    const attempt = async (command: string) => {
      const options =
        "-i /etc/backup-tools/id_ed25519 -o UserKnownHostsFile=/etc/backup-tools/known_hosts -o BatchMode=yes";
      const user = "backup-fetch@git01.example.com";
      const result = await lab.backup.run(
        `cd /tmp; echo evil > evil; options="${options}"; user=${user}; sftp() { echo "$1" | command sftp -q -b - $options $user; }\n${command}`,
      );
      return { exitCode: result.exitCode, output: `${result.stdout}${result.stderr}` };
    };
    const directory = () => join(lab.git.root, "var/backups/backup-tools/gitea");
    const archive = "gitea_20260101T000000Z.tar.zst";

    beforeAll(async () => {
      await on(
        lab.git,
        `cd /var/backups/backup-tools/gitea && echo archive > ${archive} && chmod 640 ${archive} && chgrp backup-fetch ${archive}`,
      );
    });

    test.each([
      "ssh $options $user id",
      "ssh -tt $options $user < /dev/null",
      "scp -O $options evil $user:/gitea/",
      `ssh $options -W 127.0.0.1:22 $user`,
      "timeout 20 ssh -N -o ExitOnForwardFailure=yes -R 2201:127.0.0.1:22 $options $user",
    ])("gets no shell and no forwarding: %s", async (command) => {
      const { exitCode, output } = await attempt(command);
      expect([exitCode === 0 || exitCode === 124, output.includes("uid=")], output).toEqual([false, false]);
    });

    test("cannot forward a local port", async () => {
      const { output } = await attempt(`ssh -N -L 2202:127.0.0.1:22 $options $user & tunnel=$!
        for n in $(seq 50); do ss -ltn | grep -q :2202 && break; sleep 0.1; done
        timeout 5 python3 -c 'import socket; s = socket.create_connection(("127.0.0.1", 2202)); print("received", s.recv(99))'
        kill $tunnel`);
      expect(output).toContain("received b''");
      expect(output).toContain("administratively prohibited");
    });

    test.each([
      `put evil /gitea/${archive}`,
      `reput evil /gitea/${archive}`,
      "put evil /evil",
      "mkdir /gitea/evil",
      "rmdir /gitea",
      `rename /gitea/${archive} /gitea/evil.tar`,
      `rename -l /gitea/${archive} /gitea/evil.tar`,
      "symlink /etc/passwd /gitea/evil",
      `ln /gitea/${archive} /gitea/evil`,
      `cp /gitea/${archive} /gitea/evil`,
      "chmod 777 /gitea",
      `chmod 666 /gitea/${archive}`,
      `chown 999 /gitea/${archive}`,
    ])("changes nothing: %s", async (command) => {
      const before = await on(
        lab.git,
        "ls -lARn --time-style=full-iso /var/backups/backup-tools; cat /var/backups/backup-tools/*/*",
      );
      const { exitCode, output } = await attempt(`sftp "${command}"`);
      expect(exitCode, output).toBe(1);
      expect(
        await on(
          lab.git,
          "ls -lARn --time-style=full-iso /var/backups/backup-tools; cat /var/backups/backup-tools/*/*",
        ),
      ).toBe(before);
    });

    test("does not leave the work directory", async () => {
      const { exitCode, output } = await attempt('sftp "get /../../../etc/passwd stolen"; sftp "ls -1 /.."');
      expect([exitCode, output]).toEqual([0, expect.stringMatching(/not found/)]);
      expect(output).not.toContain("etc\n");
    });

    test("makes at most an empty file, which neither a backup nor a pull minds", async () => {
      await attempt('sftp "put evil /gitea/evil"');
      expect(readFileSync(join(directory(), "evil"), "utf8")).toBe("");
      await runCronJob(lab.git, "backup-agent", "backup-agent gitea");
      await on(lab.git, `rm -f /var/backups/backup-tools/gitea/${archive}`); // the backup clears it away: it has no sidecar
      await runCronJob(lab.backup, "archiver", "archiver pull");
      expect(archives(directory())).toEqual([]);
      expect(lab.mails.at(-1)?.text).toContain("evil");
      expect((await attempt('sftp "rm /gitea/evil"')).exitCode).toBe(0);
    });
  });

  test("host keys are pinned from the hosts themselves, and another one is refused", { timeout: limit }, async () => {
    const known = readFileSync(join(lab.backup.root, "etc/backup-tools/known_hosts"), "utf8");
    for (const { name, root } of [lab.git, lab.intranet]) {
      const key = readFileSync(join(root, "etc/ssh/ssh_host_ed25519_key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
      expect(known).toContain(`${name}.example.com ${key}\n`);
    }
    await on(lab.git, "cd /etc/ssh && mkdir kept && mv ssh_host_* kept && ssh-keygen -A && systemctl reload ssh");
    try {
      const pull = await lab.backup.run("runuser -u backup-archiver -- archiver pull git01");
      expect([pull.exitCode, pull.stderr]).toEqual([1, expect.stringContaining("ssh-keyscan")]);
    } finally {
      // The controller pins keys as well, and would not get in any more.
      for (const name of readdirSync(join(lab.git.root, "etc/ssh/kept")))
        writeFileSync(join(lab.git.root, "etc/ssh", name), readFileSync(join(lab.git.root, "etc/ssh/kept", name)));
    }
  });

  test("a configuration that the agent refuses does not replace the old one", { timeout: limit }, async () => {
    const file = join(lab.git.root, "etc/backup-tools/agent.yaml");
    const before = readFileSync(file, "utf8");
    writeFileSync(
      join(lab.home, "wrong.yml"),
      "backup_agent_config: { applications: { gitea: {} }, retenton: { last: 3 } }\n",
    );
    const output = await administer(`${install} --limit git01 --tags backup_config -e @~/wrong.yml`, 2);
    expect(output).toContain('did you mean \\"retention\\"?');
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test("what weakens the confinement elsewhere is refused before sshd reads it", { timeout: limit }, async () => {
    await on(
      lab.intranet,
      "printf 'Match User backup-fetch\\n    AllowTcpForwarding yes\\n' > /etc/ssh/sshd_config.d/00-weak.conf",
    );
    const output = await administer(`${install} --limit intranet01 --tags backup_ssh`, 2);
    expect(output).toContain("sshd would not confine backup-fetch: allowtcpforwarding no is not in force");
    await on(lab.intranet, "rm /etc/ssh/sshd_config.d/00-weak.conf");
  });

  test("systemd's timers take the place of cron, in a sandbox in which everything works", {
    timeout: limit,
  }, async () => {
    const limited = "--limit git01:backup01";
    const variables =
      "-e backup_programs_scheduler=systemd -e backup_archiver_textfile_directory=/var/lib/prometheus/node-exporter";
    await administer(`${install} --tags backup_jobs ${limited} ${variables}`);
    expect(readdirSync(join(lab.git.root, "etc/cron.d"))).not.toContain("backup-agent");
    for (const host of [lab.git, lab.backup]) {
      const units = host === lab.git ? "backup-agent-*" : "archiver-*";
      expect(await on(host, `systemd-analyze verify --man=no /etc/systemd/system/${units}`)).toBe("");
      expect(await on(host, "systemctl list-timers --no-legend 'backup-agent-*' 'archiver-*' | wc -l")).toBe(
        host === lab.git ? "1\n" : "5\n",
      );
    }
    expect(await on(lab.git, "systemctl show -p Persistent backup-agent-gitea.timer")).toBe("Persistent=yes\n");
    const newest = () => archives(join(lab.backup.root, "srv/backups/git01/gitea")).sort().at(-1) ?? "";
    const before = newest();
    await on(lab.git, "systemctl start backup-agent-gitea");
    for (const job of ["pull", "prune", "verify", "check", "metrics"])
      await on(lab.backup, `systemctl start archiver-${job}`);
    expect(newest() > before, `${newest()} is not newer than ${before}`).toBe(true);
    const metrics = readFileSync(join(lab.backup.root, "var/lib/prometheus/node-exporter/backups.prom"), "utf8");
    expect(metrics).toMatch(/^backup_archive_bytes\{host="git01",application="gitea"\} \d+$/m);
    const again = await administer(`${install} --tags backup_jobs ${limited} ${variables}`);
    expect(recap(again)).toEqual(unchanged.filter(({ host }) => host !== "intranet01"));
    await administer(`${install} --tags backup_jobs --limit git01`);
    expect(await on(lab.git, "systemctl list-timers --all --no-legend 'backup-agent-*' | wc -l")).toBe("0\n");
  });
});
