import { cpSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { packedPrograms } from "@catapullt/pack/programs";
import { packProgram } from "@catapullt/pack/tarball";
import { buildConfluence, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { type DebianHost, startDebianHosts } from "@catapullt/testkit/debian-hosts";
import { type ReceivedMail, startSmtpSink } from "@catapullt/testkit/smtp-sink";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { writeFiles } from "@catapullt/testkit/write-files";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { databasePassword } from "./confluence-host.ts";
import { runCronJob } from "./cron-job.ts";
import { readCodeBlocks } from "./document.ts";

test("docs/getting-started.md, followed literally on two bare hosts, ends with backups in the vault", {
  timeout: 300_000,
}, async () => {
  const { wiki01, backup01, mails } = await startHosts();
  const hosts: Record<string, DebianHost> = { wiki01, backup01 };
  const blocks = readCodeBlocks("getting-started.md");
  const printed: string[] = [];
  let archive = "";

  const failure = blocks.find(({ content }) => content.includes("GRANT"))?.content ?? "";
  const [, grant = ""] = /^ +(GRANT .*;)$/m.exec(failure) ?? [];

  const run = async (host: DebianHost, block: string) => {
    const script = block
      .replaceAll(/\bARCHIVE\b/g, archive)
      .replace(/confluence_\d{8}T\d{6}Z\.tar\.zst/, archive.slice(archive.lastIndexOf("/") + 1));
    const inShell = () => host.run(`bash -lec '${script.replaceAll("'", "'\\''")}'`);
    let result = await inShell();
    if (script.includes("backup-agent confluence")) {
      // The failure that the document shows comes, and its remedy helps.
      expect(result.stderr).toContain(failure);
      expect(await host.run(`mariadb <<'end'\n${grant}\nend`)).toMatchObject({ exitCode: 0 });
      result = await inShell();
    }
    expect(result.exitCode, `${host.name}: ${script}\n${result.stdout}${result.stderr}`).toBe(0);
    archive = /^\/var\/backups\/\S+\.tar\.zst$/m.exec(result.stdout)?.[0] ?? archive;
    printed.push(result.stdout);
  };

  for (const { language, content, named = "" } of blocks) {
    const [heading = "", places = ""] = /^# ((?:wiki01|backup01)(?:, backup01)?)\n/.exec(content) ?? [];
    for (const place of places.split(", ").filter((name) => name !== "")) {
      const host = hosts[place] as DebianHost;
      const text = content.slice(heading.length);
      if (language === "sh") await run(host, text);
      else writeFiles(host.root, { [named]: text.replace(/ssh-ed25519 AAAA.*/, printed.at(-1)?.trim() ?? "") });
    }
  }

  const fingerprints = printed.flatMap((text) => /^256 (\S+) .*\(ED25519\)$/m.exec(text)?.[1] ?? []);
  expect(fingerprints).toEqual([expect.any(String), fingerprints[0]]);
  expect(printed.at(-1)).toContain("CREATE DATABASE");
  await runCronJob(wiki01, "backup-tools", "backup-agent confluence");
  await runCronJob(wiki01, "backup-tools", "backup-agent intranet");
  await runCronJob(backup01, "backup-tools", "archiver pull");
  await runCronJob(backup01, "backup-tools", "archiver prune");
  await runCronJob(backup01, "backup-tools", "archiver check");
  expect(mails.map(({ subject }) => /\b(TEST|OK) .* on \w+/.exec(subject)?.[0])).toEqual([
    "TEST notify on wiki01",
    "TEST notify on backup01",
    "OK confluence on wiki01",
    "OK intranet on wiki01",
    "OK archiver pull on backup01",
    "OK archiver prune on backup01",
    "OK archiver check on backup01",
  ]);
  expect(storedArchives(backup01, "confluence")).toHaveLength(2);
  expect(storedArchives(backup01, "intranet")).toHaveLength(1);
  expect(readdirSync(join(wiki01.root, "var/backups/backup-tools/confluence"))).toEqual([".last-run.json"]);
});

function storedArchives(host: DebianHost, application: string): string[] {
  const names = readdirSync(join(host.root, "srv/backups/wiki01", application));
  return names.filter((name) => name.endsWith(".tar.zst"));
}

/** Two bare hosts with what the document takes for granted: its files to install, an application, and a mail server. */
async function startHosts(): Promise<{ wiki01: DebianHost; backup01: DebianHost; mails: ReceivedMail[] }> {
  const lan = await startDebianHosts(["wiki01", "backup01"], ["mail.example.com"]);
  onTestFinished(() => lan.stop());
  const mailServer = await startSmtpSink({
    ...{ address: lan.address, port: 587, name: "mail.example.com", security: "starttls" },
    authentication: { user: "backup", password: "smtp-password" },
  });
  onTestFinished(() => mailServer.close());
  const { wiki01, backup01 } = lan.hosts;
  if (wiki01 === undefined || backup01 === undefined) throw new Error("both hosts were started");

  const downloads = await createDownloads();
  for (const host of [wiki01, backup01]) {
    cpSync(downloads, join(host.root, "root"), { recursive: true });
    writeFiles(host.root, {
      "/etc/backup-tools/smtp.password": "smtp-password",
      "/etc/mail-authority.pem": readFileSync(String(mailServer.authorityFile), "utf8"),
      "/etc/environment": "NODE_EXTRA_CA_CERTS=/etc/mail-authority.pem\n",
    });
    await host.run("chmod 600 /etc/backup-tools/smtp.password");
  }
  await installApplications(wiki01);
  return { wiki01, backup01, mails: mailServer.mails };
}

/** The packages, and this Node with npm in the form of nodejs.org's tarball. */
async function createDownloads(): Promise<string> {
  const directory = temporaryDirectory("downloads");
  const downloads = join(directory, "downloads");
  mkdirSync(downloads);
  for (const program of packedPrograms) await packProgram(program, downloads);
  const name = `node-${process.version}-linux-x64`;
  const { stdout: npm } = await execa("sh", ["-c", "command -v npm"]);
  mkdirSync(join(directory, name, "bin"), { recursive: true });
  cpSync(process.execPath, join(directory, name, "bin/node"));
  cpSync(dirname(dirname(realpathSync(npm))), join(directory, name, "lib/node_modules/npm"), { recursive: true });
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(directory, name, "bin/npm"));
  const fast = "--use-compress-program=gzip -1";
  await execa("tar", ["-cf", join(downloads, `${name}.tar.gz`), fast, "-C", directory, name]);
  return downloads;
}

/** A Confluence, its database, and a small application of one's own. */
async function installApplications(host: DebianHost): Promise<void> {
  const properties = confluenceDatabaseProperties({
    url: "jdbc:mysql://localhost:3306/confluence",
    user: "confluence",
    password: databasePassword,
  });
  buildConfluence({ root: host.root, properties });
  buildConfluence({ root: host.root, properties, home: "/srv/confluence-home", install: "/srv/confluence" });
  const password = databasePassword.replaceAll("\\", "\\\\").replaceAll("'", "''");
  writeFiles(host.root, {
    "/etc/backup-tools/confluence.password": databasePassword,
    "/root/confluence.sql": `CREATE DATABASE confluence CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; USE confluence;
${confluenceDatabaseSql()}
CREATE USER confluence@localhost IDENTIFIED BY '${password}';
GRANT ALL PRIVILEGES ON confluence.* TO confluence@localhost;`,
    "/srv/intranet/package.json": '{ "version": "4.2.0" }\n',
    "/srv/intranet/uploads/picture.png": "picture",
  });
  const intranet =
    "import sqlite3; sqlite3.connect('/srv/intranet/intranet.db').execute('CREATE TABLE page (title TEXT)')";
  const script = `chmod 600 /etc/backup-tools/confluence.password
mariadb-install-db --user=mysql > /dev/null && systemctl start mariadb && mariadb < /root/confluence.sql && python3 -c "${intranet}"`;
  const { exitCode, stderr } = await host.run(script);
  expect(exitCode, stderr).toBe(0);
}
