import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startMariadb } from "@catapullt/testkit/mariadb";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, onTestFinished, test } from "vitest";
import { readCrontab } from "./crontab.ts";
import { readCodeBlocks } from "./document.ts";
import { makeIntranet, runOn } from "./intranet-host.ts";
import { startHost } from "./lost-host.ts";

const page = readCodeBlocks("how-to/replace-a-shell-script.md");

test("docs/how-to/replace-a-shell-script.md, followed literally, ends with the same backup, fetched and proven", {
  timeout: 180_000,
}, async () => {
  const server = await startMariadb({ tcp: true });
  onTestFinished(() => server.stop());
  await server.execute("CREATE DATABASE intranet CHARACTER SET utf8mb4");
  await server.execute(
    "CREATE TABLE page (title TEXT); CREATE TABLE holiday (day DATE); INSERT INTO page VALUES ('Canteen')",
    "intranet",
  );
  await server.createUser("intranet", "S3cret", ["ALL PRIVILEGES ON intranet.*", "SELECT ON mysql.proc"]);

  // The other end of `scp`, and the backup host, are directories of the same host here.
  const host = await startHost();
  await makeIntranet(host);
  const [script] = page;
  await runOn(host, "mkdir -p /opt/sbin /opt/stand-ins; mount --bind /opt/sbin /usr/local/sbin");
  writeFiles(host.root, {
    "/srv/intranet/config/intranet.ini": "secret = 42\n",
    "/etc/mysql/conf.d/zz-test.cnf": `[client]\nsocket = ${server.socket}\nuser = root\n`,
    "/etc/backup-tools/intranet.password": "S3cret\n",
    "/etc/backup-tools/notify.yaml": "transports: []\n",
    "/opt/sbin/backup.sh": script?.content ?? "",
    "/opt/stand-ins/scp": '#!/bin/sh\ncp "$1" "$2" /srv/old-backups/\n',
  });
  for (const directory of ["var/backups/old", "var/backups/backup-tools", "srv/old-backups", "srv/backups"])
    mkdirSync(join(host.root, directory), { recursive: true });
  await runOn(host, "chmod 755 /opt/sbin/backup.sh /opt/stand-ins/scp; chmod 600 /etc/backup-tools/intranet.password");
  writeFiles(host.root, {
    "/etc/backup-tools/archiver.yaml":
      "vault: /srv/backups\nhosts: { intranet01: { type: local, path: /var/backups/backup-tools, expect: { intranet: { every: 24h, grace: 4h } } } }\n",
  });

  const outputs: string[] = [];
  let archive = "";
  for (const { heading, language, content, named = "" } of page.slice(1)) {
    const here = content.replace("host: 127.0.0.1", `host: 127.0.0.1\n        port: ${server.port}`);
    if (named === "/etc/cron.d/backup-tools" || language === "yaml") {
      writeFiles(host.root, { [language === "yaml" ? "/etc/backup-tools/agent.yaml" : named]: here });
    }
    // The night comes: cron runs what stands in its file.
    for (const { command } of readCrontab(language === "" ? content : "").jobs) await runOn(host, command);
    if (language !== "sh") continue;
    const day = (await runOn(host, "date +%F")).trim();
    const output = await runOn(
      host,
      here
        .replace("OLD_DUMP", `/var/backups/old/intranet-${day}.sql.gz`)
        .replace(/\bOLD\b/, `/srv/old-backups/intranet-${day}.tar.gz`)
        .replace("ARCHIVE", archive),
    );
    archive = /^\/var\/backups\/backup-tools\/\S+\.tar\.zst$/m.exec(output)?.[0] ?? archive;
    outputs.push(`${heading}\n${output}`);
  }

  expect(outputs.join("")).toContain("the same files\n");
  expect(outputs.join("")).toContain("the same tables\n");
  expect(readFileSync(join(host.root, "var/tmp/new.txt"), "utf8")).toBe(
    "CREATE TABLE `holiday`\nCREATE TABLE `page`\n",
  );
  expect(existsSync(join(host.root, "opt/sbin/backup.sh"))).toBe(false);
  const left = readCrontab(readFileSync(join(host.root, "etc/cron.d/backup-tools"), "utf8")).jobs;
  expect(left).toEqual([{ user: "root", command: "notify -- backup-agent intranet" }]);
  const list = JSON.parse(await runOn(host, "archiver list --json")) as { proven: string | null }[];
  expect(list[0]?.proven).not.toBeNull();
  expect(list).toHaveLength(2);
});
