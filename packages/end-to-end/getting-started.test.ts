import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildConfluence, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { startMariadb } from "@catapullt/testkit/mariadb";
import { type PrivateHost, startPrivateHost } from "@catapullt/testkit/private-host";
import { startSmtpSink } from "@catapullt/testkit/smtp-sink";
import { startSshServer } from "@catapullt/testkit/sshd";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, onTestFinished, test } from "vitest";
import { databasePassword } from "./confluence-host.ts";
import { readCodeBlocks } from "./document.ts";

const repository = new URL("../../", import.meta.url).pathname;

/** Everything that the document takes for granted: a Confluence, its database, and a small application of one's own. */
async function prepare(host: PrivateHost): Promise<void> {
  const server = await startMariadb({ tcp: true });
  onTestFinished(() => server.stop());
  await server.execute("CREATE DATABASE confluence CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await server.execute(confluenceDatabaseSql(), "confluence");
  await server.createUser("confluence", databasePassword, ["ALL PRIVILEGES ON confluence.*", "SELECT ON mysql.proc"]);
  const properties = confluenceDatabaseProperties({
    url: `jdbc:mysql://127.0.0.1:${server.port}/confluence`,
    user: "confluence",
    password: databasePassword,
  });
  buildConfluence({ root: host.root, properties });
  buildConfluence({ root: host.root, properties, home: "/srv/confluence-home", install: "/srv/confluence" });
  writeFiles(host.root, {
    "/srv/intranet/package.json": '{ "version": "4.2.0" }\n',
    "/srv/intranet/uploads/picture.png": "picture",
  });
  const script = `new (require("node:sqlite").DatabaseSync)("/srv/intranet/intranet.db").exec("CREATE TABLE page (title TEXT)")`;
  expect(await host.run(["node", "--eval", script])).toMatchObject({ exitCode: 0 });
  mkdirSync(join(host.root, "etc/backup-tools"));
  for (const [name, secret] of [
    ["confluence", databasePassword],
    ["smtp", "smtp-password"],
  ] as const) {
    writeFileSync(join(host.root, `etc/backup-tools/${name}.password`), secret, { mode: 0o600 });
  }
}

// The document's mail server, and the application host as the backup host sees it, are this machine's throwaway ones: the
// environment says so, over the configuration that the document writes.
async function startServers(host: PrivateHost) {
  const mailServer = await startSmtpSink({
    security: "starttls",
    authentication: { user: "backup", password: "smtp-password" },
  });
  onTestFinished(() => mailServer.close());
  const sshServer = await startSshServer();
  onTestFinished(() => sshServer.stop());
  return {
    mailServer,
    sshServer,
    environment: {
      PATH: `${repository}node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: "/root",
      NOTIFY__TRANSPORTS__0__HOST: mailServer.host,
      NOTIFY__TRANSPORTS__0__PORT: String(mailServer.port),
      NOTIFY__TRANSPORTS__0__CA_FILE: mailServer.authorityFile ?? "",
      ARCHIVER__HOSTS__WIKI01__ADDRESS: sshServer.address,
      ARCHIVER__HOSTS__WIKI01__PORT: String(sshServer.port),
      ARCHIVER__HOSTS__WIKI01__USER: sshServer.user,
      ARCHIVER__HOSTS__WIKI01__PATH: join(host.root, "var/backups/backup-tools"),
    },
  };
}

test("docs/getting-started.md, followed literally, ends with an archive in the vault", async () => {
  const host = await startPrivateHost();
  onTestFinished(() => host.stop());
  await prepare(host);
  const { mailServer, sshServer, environment } = await startServers(host);
  let archive = "";

  const run = async (line: string) => {
    const command = line
      .replace(/\bARCHIVE\b/, archive)
      .replace(/ssh-keyscan (.*) wiki01\.example\.com/, `ssh-keyscan $1 -p ${sshServer.port} ${sshServer.address}`)
      .replace(/confluence_\d{8}T\d{6}Z\.tar\.zst/, archive.slice(archive.lastIndexOf("/") + 1));
    const result = await host.run(["sh", "-c", command], { environment });
    expect(result, command).toMatchObject({ exitCode: 0 });
    archive = /^\/var\/backups\/\S+\.tar\.zst$/m.exec(result.stdout)?.[0] ?? archive;
    if (command.startsWith("ssh-keygen")) {
      const key = await host.run(["cat", "/etc/backup-tools/id_ed25519.pub"]);
      sshServer.authorize([key.stdout.trim()]);
    }
    return result;
  };

  for (const { language, content, named } of readCodeBlocks("getting-started.md")) {
    if (language === "yaml") {
      const path = join(host.root, named ?? "");
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    if (language === "sh") for (const line of content.trim().split("\n")) await run(line);
    for (const [, command = ""] of content.matchAll(/^\d+ \d+ \* \* \* +root +(.*)$/gm)) await run(command);
  }

  const stored = join(host.root, "srv/backups/wiki01/confluence");
  expect(readdirSync(stored).some((name) => name.endsWith(".tar.zst"))).toBe(true);
  expect(existsSync(join(host.root, archive))).toBe(false);
  expect(mailServer.mails.length).toBeGreaterThanOrEqual(3);
  const intranet = await run("backup-agent intranet");
  expect(intranet.stdout).toMatch(/intranet_\d{8}T\d{6}Z\.tar\.zst/);
});
