import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildConfluence, confluenceDatabaseProperties, confluenceDefaults } from "@catapullt/testkit/confluence";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import { startMariadb } from "@catapullt/testkit/mariadb";
import { expect, onTestFinished, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { path, savedTree, startHost } from "./lost-host.ts";

const documented = "confluence_20261123T020000Z.tar.zst";
const vault = "srv/backups/wiki01/confluence";

test("every command of docs/how-to/restore.md works as it stands there", { timeout: 120_000 }, async () => {
  const host = await startHost();
  const run = (command: readonly string[], input?: string) =>
    host.run(command, { environment: { PATH: path }, timeout: 60_000, ...(input === undefined ? {} : { input }) });
  const server = await startMariadb({ tcp: true });
  onTestFinished(() => server.stop());
  await server.createUser("confluence", "S3cret&more", ["ALL PRIVILEGES ON confluence.*", "SELECT ON mysql.proc"]);
  await server.execute("CREATE DATABASE confluence CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await server.execute(confluenceDatabaseSql(), "confluence");
  const url = `jdbc:mysql://127.0.0.1:${server.port}/confluence`;
  const home = join(host.root, confluenceDefaults.home);
  buildConfluence({
    root: host.root,
    properties: confluenceDatabaseProperties({ url, user: "confluence", password: "S3cret&more" }),
  });
  mkdirSync(join(host.root, "etc/backup-tools"), { recursive: true });
  writeFileSync(join(host.root, "etc/backup-tools/notify.yaml"), "transports: []\n");
  mkdirSync(join(host.root, "var/backups/backup-tools"), { recursive: true });
  mkdirSync(join(host.root, vault), { recursive: true });
  const backup = await run(["backup-agent", "confluence"]);
  expect(backup).toMatchObject({ exitCode: 0 });
  const made = join(host.root, backup.stdout.trim());
  const before = { tree: savedTree(host), database: await databaseFingerprint(server, "confluence") };
  await run(["cp", backup.stdout.trim(), `/${vault}/${documented}`]);
  const sum = readFileSync(`${made}.sha1`, "utf8").slice(0, 40);
  writeFileSync(join(host.root, vault, `${documented}.sha1`), `${sum}  ${documented}\n`);
  rmSync(home, { recursive: true });
  await server.execute("DROP DATABASE confluence");

  const blocks = readCodeBlocks("how-to/restore.md").filter(({ language }) => language === "sh");
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  for (const { content } of blocks) {
    const isAsked = (line: string) => line.includes(" restore ") && !/--(?:yes|dry-run)\b/.test(line);
    const [asked, ...more] = content.trim().split("\n").filter(isAsked);
    expect(more).toEqual([]);
    const script = content
      .split("\n")
      .filter((line) => !isAsked(line))
      .join("\n");
    const { exitCode, stdout, stderr } = await run(["sh", "-ec", script]);
    expect(exitCode, `${script}\n${stdout}${stderr}`).toBe(0);
    if (asked === undefined) continue;
    const answered = await run(["script", "--quiet", "--return", "--command", asked, "/dev/null"], "yes\n");
    expect(answered.exitCode, answered.stdout).toBe(0);
    expect(savedTree(host)).toEqual(before.tree);
    expect((await databaseFingerprint(server, "confluence")).checksums).toBe(before.database.checksums);
  }

  expect(savedTree(host)).toEqual(before.tree);
  expect(readdirSync(join(host.root, "srv/lost/files/home"))).toEqual(["attachments"]);
});
