import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { confluenceDefaults } from "@catapullt/testkit/confluence";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import { startMariadb } from "@catapullt/testkit/mariadb";
import { startSshServer } from "@catapullt/testkit/sshd";
import { expect, onTestFinished, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { expectPrinted } from "./expect-printed.ts";
import {
  archiverEnvironment,
  installPackageManager,
  loseHost,
  packConfluence,
  path,
  savedTree,
  startHost,
} from "./lost-host.ts";

const documented = {
  archive: /confluence_20261123T020000Z\.tar\.zst/g,
  database: "127.0.0.1:3306",
  vault: "backup@backup01.example.com:/srv/backups",
  host: "wiki01.example.com",
};

test("docs/how-to/restore-after-losing-a-host.md, followed literally, brings back what was lost", {
  timeout: 240_000,
}, async () => {
  const backupHost = await startHost();
  const lost = await loseHost(backupHost, { user: "confluence", password: "S3cret&more" });

  // The new machines: nothing of the application, a database server that nobody has used, another host key.
  const host = await startHost();
  installPackageManager(host);
  expect(existsSync(join(host.root, confluenceDefaults.home))).toBe(false);
  const server = await startMariadb({ tcp: true, serverArguments: [`--port=${lost.databasePort}`] });
  onTestFinished(() => server.stop());
  writeFileSync(join(host.root, "etc/mysql/conf.d/zz-test.cnf"), `[client]\nsocket = ${server.socket}\n`);
  const sshServer = await startSshServer({ port: lost.sshPort });
  onTestFinished(() => sshServer.stop());
  const vaultServer = await startSshServer();
  onTestFinished(() => vaultServer.stop());

  const onThisMachine = (text: string) =>
    text
      .replaceAll(documented.archive, lost.archive)
      .replaceAll(documented.database, `127.0.0.1:${lost.databasePort}`)
      .replace(
        "sftp '",
        `sftp -P ${vaultServer.port} -i ${vaultServer.identityFile} -o UserKnownHostsFile=${vaultServer.knownHostsFile} '`,
      )
      .replace(documented.vault, `${vaultServer.user}@127.0.0.1:${backupHost.root}/srv/backups`)
      .replace(`ssh-keygen -R ${documented.host}`, `ssh-keygen -R [127.0.0.1]:${lost.sshPort}`)
      .replace(new RegExp(`ssh-keyscan (.*) ${documented.host}`), `ssh-keyscan $1 -p ${lost.sshPort} 127.0.0.1`);
  const workPlace = join(host.root, "srv/restore");

  let printed = "";
  let restored: ReturnType<typeof savedTree> = {};
  for (const { language, content, paragraph } of readCodeBlocks("how-to/restore-after-losing-a-host.md")) {
    if (language === "") expectPrinted(printed, onThisMachine(content));
    if (language !== "sh") continue;
    const isOnBackupHost = /On the backup host/.test(paragraph);
    const result = await (isOnBackupHost ? backupHost : host).run(["sh", "-e", "-c", onThisMachine(content)], {
      environment: { PATH: path, HOME: "/root", ...archiverEnvironment(host, sshServer) },
      directory: !isOnBackupHost && existsSync(workPlace) ? "/srv/restore" : "/",
      timeout: 120_000,
    });
    expect(result.exitCode, content + result.stdout + result.stderr).toBe(0);
    printed = result.stdout;
    // Before the administrator gives it to the application's user.
    if (content.includes("--yes")) restored = savedTree(host);
    // What the administrator has downloaded.
    if (content.includes("sftp")) packConfluence(workPlace);
  }

  expect(await databaseFingerprint(server, "confluence")).toEqual(lost.database);
  expect(restored).toEqual(lost.tree);
  expect(existsSync(join(host.root, confluenceDefaults.home, "logs/atlassian-confluence.log"))).toBe(true);
  expect(statSync(join(host.root, confluenceDefaults.home)).uid).not.toBe(0);
  const stored = readdirSync(join(backupHost.root, "srv/backups/wiki01/confluence"));
  expect(stored.filter((name) => name.endsWith(".tar.zst"))).toHaveLength(2);
  const trusted = readFileSync(join(backupHost.root, "etc/backup-tools/known_hosts"), "utf8");
  expect(trusted).toContain(sshServer.hostKeys.ed25519);
  expect(trusted).not.toContain(lost.hostKey);
});
