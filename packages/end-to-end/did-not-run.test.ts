import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@catapullt/testkit/free-port";
import { type HttpStandIn, startHttpStandIn } from "@catapullt/testkit/http-stand-in";
import type { PrivateHost } from "@catapullt/testkit/private-host";
import { type SmtpSink, startSmtpSink } from "@catapullt/testkit/smtp-sink";
import { startSshServer } from "@catapullt/testkit/sshd";
import { expect, onTestFinished, test } from "vitest";
import { archiverEnvironment, path, startHost } from "./lost-host.ts";

const timeout = 180_000;

/** Runs a line of a crontab on a host. */
function cron(host: PrivateHost, line: string, environment: Record<string, string> = {}) {
  return host.run(["sh", "-c", line], { environment: { PATH: path, ...environment } });
}

function configure(host: PrivateHost, file: string, config: object): void {
  mkdirSync(join(host.root, "etc/backup-tools"), { recursive: true });
  writeFileSync(join(host.root, "etc/backup-tools", file), JSON.stringify(config), { mode: 0o600 });
}

async function mailServer(): Promise<SmtpSink> {
  const sink = await startSmtpSink();
  onTestFinished(() => sink.close());
  return sink;
}

async function pingService(): Promise<HttpStandIn> {
  const service = await startHttpStandIn();
  onTestFinished(() => service.close());
  return service;
}

const smtp = ({ port }: SmtpSink) => {
  const addresses = { from: "backup@example.com", to: ["admin@example.com"] };
  return { type: "smtp", host: "127.0.0.1", port, security: "none", on: ["failure", "recovery"], ...addresses };
};

/** What the mails are about: `OVERDUE nightly`. */
const toldBy = ({ mails }: SmtpSink) =>
  mails.map(({ subject }) => /^\[backup\] (.*?) on /.exec(subject)?.[1] ?? subject);

/** Does what cron does each quarter of an hour, until something is found. */
async function checkUntilFound(host: PrivateHost): Promise<void> {
  for (let checks = 0; checks < 60; checks += 1) {
    const { exitCode, stderr } = await cron(host, "notify check > /dev/null");
    if (exitCode === 1) return;
    expect(exitCode, stderr).toBe(0);
  }
  expect.unreachable("notify check found nothing");
}

test("a cron entry that was removed ends in a mail from notify check, and the job's next run in another", {
  timeout,
}, async () => {
  const [host, sink] = [await startHost(), await mailServer()];
  const jobs = { nightly: { every: "3s", grace: "0s" } };
  configure(host, "notify.json", { transports: [smtp(sink)], jobs });
  await cron(host, "notify --name nightly -- true");
  expect((await cron(host, "notify check")).stdout).toContain("healthy\n");
  expect(toldBy(sink)).toEqual([]);

  await checkUntilFound(host);
  await cron(host, "notify check");
  expect(toldBy(sink)).toEqual(["OVERDUE nightly"]);
  expect(sink.mails[0]?.text).toContain("is its line in the crontab? crontab -l");

  await cron(host, "notify --name nightly -- true");
  expect(toldBy(sink)).toEqual(["OVERDUE nightly", "OK nightly"]);
});

test("a host that is off ends in a mail from archiver check on the backup host, and its next backup in another", {
  timeout,
}, async () => {
  const [host, backupHost, sink] = [await startHost(), await startHost(), await mailServer()];
  mkdirSync(join(host.root, "srv/intranet"));
  writeFileSync(join(host.root, "srv/intranet/page.html"), "page");
  const intranet = { type: "generic", version: { value: "1.0" }, paths: ["/srv/intranet"] };
  configure(host, "agent.json", { applications: { intranet } });
  const vault = "/srv/backups/wiki01/intranet";
  mkdirSync(join(backupHost.root, vault), { recursive: true });
  const server = await startSshServer();
  onTestFinished(() => server.stop());
  const expected = { intranet: { every: "24h", grace: "4h" } };
  const knownHostsFile = "/etc/backup-tools/known_hosts";
  const wiki01 = { address: "127.0.0.1", knownHostsFile, path: "/var/backups/backup-tools", expect: expected };
  configure(backupHost, "archiver.json", { vault: "/srv/backups", hosts: { wiki01 } });
  configure(backupHost, "notify.json", { transports: [smtp(sink)] });
  await cron(backupHost, `cp ${server.knownHostsFile} ${knownHostsFile}`);

  const isOn = archiverEnvironment(host, server);
  const isOff = { ...isOn, ARCHIVER__HOSTS__WIKI01__PORT: String(await freePort()) };
  // An archive of long ago is all that the vault has.
  const backup = await cron(host, "backup-agent intranet");
  expect(backup.exitCode, backup.stderr).toBe(0);
  const old = "intranet_20200101T000000Z.tar.zst";
  await cron(backupHost, `cp ${join(host.root, backup.stdout.trim())} ${vault}/${old}`);
  const verified = await cron(
    backupHost,
    `cd ${vault} && sha1sum ${old} > ${old}.sha1 && archiver verify && rm -r ${host.root}/var/backups/backup-tools/*`,
    isOff,
  );
  expect(verified.exitCode, verified.stderr).toBe(0);

  await cron(backupHost, "archiver pull", isOff);
  const check = await cron(backupHost, "notify -- archiver check", isOff);
  expect(check.exitCode, check.stderr).toBe(1);
  expect(toldBy(sink)).toEqual(["FAILED archiver check"]);
  expect(sink.mails[0]?.text).toMatch(
    /wiki01\/intranet: no backup since 2020-01-01 00:00 UTC .*: wiki01 has never been reached: host-unreachable/,
  );

  await cron(host, "backup-agent intranet");
  await cron(backupHost, "archiver pull", isOn);
  const healthy = await cron(backupHost, "notify -- archiver check", isOn);
  expect(healthy.exitCode, healthy.stdout + healthy.stderr).toBe(0);
  expect(toldBy(sink)).toEqual(["FAILED archiver check", "OK archiver check"]);
});

test("a run that hangs ends in a mail from notify check while it hangs, and from the run itself with --timeout", {
  timeout,
}, async () => {
  const [host, sink] = [await startHost(), await mailServer()];
  configure(host, "notify.json", { transports: [smtp(sink)], jobs: { nightly: { every: "1d", longest: "1s" } } });
  const hanging = cron(host, "notify --name nightly -- sh -c 'echo $$ > /var/tmp/hanging.pid; exec sleep 1000'");
  await checkUntilFound(host);
  await cron(host, "notify check");
  expect(toldBy(sink)).toEqual(["HANGS nightly"]);
  expect(sink.mails[0]?.text).toContain("at most 1.0 s is expected (`longest`)");

  await cron(host, "kill $(cat /var/tmp/hanging.pid)");
  expect((await hanging).exitCode).toBe(143);
  const limited = await cron(host, "notify --name nightly --timeout 1s -- sleep 1000");
  expect(limited.exitCode).toBe(124);
  await cron(host, "notify --name nightly -- true");
  expect(toldBy(sink)).toEqual(["HANGS nightly", "FAILED nightly", "FAILED nightly", "OK nightly"]);
  expect(sink.mails[2]?.subject).toContain("timed out after");
});

test("a host that goes down in the middle of a run leaves the service with a start that has no end", {
  timeout,
}, async () => {
  const [host, service] = [await startHost(), await pingService()];
  configure(host, "notify.json", { transports: [{ type: "healthchecks", url: `${service.origin}/ping/nightly` }] });
  const run =
    "sh -c 'echo $$ > /var/tmp/notify.pid; exec notify --name nightly -- sh -c \"echo \\$\\$ > /var/tmp/command.pid; exec sleep 1000\"'";
  const ended = cron(host, run);
  while (service.requests.length === 0) await cron(host, "true");
  await cron(
    host,
    "until [ -s /var/tmp/command.pid ]; do :; done; kill -9 $(cat /var/tmp/notify.pid /var/tmp/command.pid)",
  );
  await ended;
  const pings = () => service.requests.map((request) => request.path);
  expect(pings()).toEqual(["/ping/nightly/start"]);

  await cron(host, "notify --name nightly -- true");
  expect(pings().slice(1, 3)).toEqual(["/ping/nightly/start", "/ping/nightly"]);
  expect(pings().at(-1)).toBe("/ping/nightly");
});
