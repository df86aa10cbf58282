import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastRunFile } from "@catapullt/core/report/last-run";
import { createAwkwardTree } from "@catapullt/testkit/awkward-tree";
import { buildConfluence, confluenceDatabaseProperties, confluenceDefaults } from "@catapullt/testkit/confluence";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { startPrivateHost } from "@catapullt/testkit/private-host";
import { runProgramFile } from "@catapullt/testkit/programs";
import { startSmtpSink } from "@catapullt/testkit/smtp-sink";
import { startSshServer } from "@catapullt/testkit/sshd";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { execa } from "execa";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { databasePassword } from "./confluence-host.ts";

let server: ThrowawayMariadb;

beforeAll(async () => {
  server = await startMariadb({ tcp: true });
  await server.execute("CREATE DATABASE confluence CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await server.createUser("confluence", databasePassword, ["ALL PRIVILEGES ON confluence.*"]);
  // As the vendor says: the application's own user has all rights on its database, and makes everything in it.
  await execa("mariadb", ["--no-defaults", "--socket", server.socket, "--user=confluence", "confluence"], {
    env: { MYSQL_PWD: databasePassword },
    input: confluenceDatabaseSql({ pages: 500 }),
  });
});

afterAll(() => server.stop());

/** What Confluence makes anew. */
const disposable =
  /^(index|journal|backups|logs|temp|plugins-osgi-cache|thumbnails|lock|shared-home\/dcl-[a-z_]+)(\/|$)/;

const repository = new URL("../../", import.meta.url).pathname;

test("the usual cron lines bring a Confluence at its vendor's paths, without an agent's configuration, into the vault", async () => {
  const applicationHost = await startPrivateHost();
  onTestFinished(() => applicationHost.stop());
  const mailServer = await startSmtpSink();
  onTestFinished(() => mailServer.close());
  const { home } = buildConfluence({
    root: applicationHost.root,
    properties: confluenceDatabaseProperties({
      url: `jdbc:mysql://127.0.0.1:${server.port}/confluence?useUnicode=true&characterEncoding=utf8`,
      user: "confluence",
      password: databasePassword,
    }),
  });
  createAwkwardTree(join(applicationHost.root, home, "attachments", "awkward"));
  mkdirSync(join(applicationHost.root, "etc/backup-tools"));
  writeFileSync(
    join(applicationHost.root, "etc/backup-tools/notify.yaml"),
    `transports: [{ type: smtp, host: ${mailServer.host}, port: ${mailServer.port}, security: none, from: backup@example.com, to: [admin@example.com] }]\n`,
  );

  // The agent's night.
  const backup = await applicationHost.run(["sh", "-c", "notify -- backup-agent confluence"], {
    environment: { PATH: `${repository}node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin` },
  });
  expect(backup.stderr).not.toMatch(/WARN|ERROR/);
  expect(backup.exitCode).toBe(0);
  const archivePath = backup.stdout.trim();
  expect(archivePath).toMatch(/^\/var\/backups\/backup-tools\/confluence\/confluence_\d{8}T\d{6}Z\.tar\.zst$/);
  const waiting = join(applicationHost.root, "var/backups/backup-tools/confluence");
  expect(readdirSync(waiting)).toHaveLength(3);

  // The mail.
  expect(mailServer.mails).toHaveLength(1);
  const [mail] = mailServer.mails;
  expect(mail?.subject).toMatch(/confluence/);
  expect(mail?.subject).not.toMatch(/FAILED/);
  const archiveName = archivePath.slice(archivePath.lastIndexOf("/") + 1);
  for (const fact of [archiveName, confluenceDefaults.version]) {
    expect(mail?.text).toContain(fact);
    expect(mail?.html).toContain(fact);
  }
  expect(mail?.raw).not.toContain(databasePassword.trim());

  // The archiver's night, over OpenSSH's own server.
  const sshServer = await startSshServer();
  onTestFinished(() => sshServer.stop());
  const vault = temporaryDirectory("vault");
  const configuration = join(temporaryDirectory("archiver"), "archiver.yaml");
  writeFileSync(
    configuration,
    `vault: ${vault}
stateDir: ${temporaryDirectory("state")}
hosts:
  wiki01:
    address: ${sshServer.address}
    port: ${sshServer.port}
    user: ${sshServer.user}
    identityFile: ${sshServer.identityFile}
    knownHostsFile: ${sshServer.knownHostsFile}
    path: ${join(applicationHost.root, "var/backups/backup-tools")}
`,
  );
  const pull = await runProgramFile("archiver", ["--config", configuration, "pull"]);
  expect(pull.stderr).not.toMatch(/WARN|ERROR/);
  expect(pull.exitCode).toBe(0);
  const stored = join(vault, "wiki01", "confluence");
  expect(readdirSync(stored).sort()).toEqual([archiveName, `${archiveName}.sha1`]);
  expect(readdirSync(waiting)).toEqual([lastRunFile]);
  const list = await runProgramFile("archiver", ["--config", configuration, "list", "--json"]);
  expect(JSON.parse(list.stdout)).toMatchObject([
    { host: "wiki01", application: "confluence", name: archiveName, version: confluenceDefaults.version },
  ]);

  // Stock tools take it from there.
  await execa("sha1sum", ["-c", `${archiveName}.sha1`], { cwd: stored });
  const members = (await execa("tar", ["-tf", archiveName], { cwd: stored })).stdout.split("\n");
  expect(members.slice(0, 2)).toEqual(["VERSION", "RESTORE.md"]);
  expect(members.at(-1)).toBe("manifest.json");
  const client = ["mariadb", ...server.clientArguments].map((word) => `'${word}'`).join(" ");
  await server.execute("CREATE DATABASE restored CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await execa("sh", ["-c", `tar -xOf ${archiveName} database | ${client} restored`], { cwd: stored });
  expect(await databaseFingerprint(server, "restored")).toEqual(await databaseFingerprint(server, "confluence"));

  const restoredHome = temporaryDirectory("restored-home");
  await execa(
    "tar",
    ["-xpf", archiveName, "--numeric-owner", "--strip-components=2", "-C", restoredHome, "files/home"],
    { cwd: stored },
  );
  const { ".": _root, ...before } = describeTree(join(applicationHost.root, home));
  const { ".": _restoredRoot, ...after } = describeTree(restoredHome);
  expect(after).toEqual(Object.fromEntries(Object.entries(before).filter(([path]) => path in after)));
  const leftOut = Object.keys(before).filter((path) => !(path in after));
  expect(leftOut.filter((path) => !disposable.test(path))).toEqual([]);
});
