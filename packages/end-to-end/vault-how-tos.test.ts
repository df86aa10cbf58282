import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { documentedArchive, documentedVault, makeDocumentedArchive } from "./documented-archive.ts";
import { path, startHost } from "./lost-host.ts";

test("every command of the how-tos on the vault works as it stands there", { timeout: 180_000 }, async () => {
  const host = await startHost();
  const server = await makeDocumentedArchive(host);
  await server.stop();
  const directory = join(host.root, documentedVault);
  const sum = readFileSync(join(directory, `${documentedArchive}.sha1`), "utf8").slice(0, 40);
  for (const hour of [1, 3, 4, 5]) {
    const name = documentedArchive.replace("T02", `T0${hour}`);
    copyFileSync(join(directory, documentedArchive), join(directory, name));
    writeFileSync(join(directory, `${name}.sha1`), `${sum}  ${name}\n`);
  }
  const [retention = ""] = readCodeBlocks("how-to/retention.md").map(({ content }) => content);
  mkdirSync(join(host.root, "var/backups/backup-tools"), { recursive: true });
  writeFileSync(
    join(host.root, "etc/backup-tools/archiver.yaml"),
    `vault: /srv/backups\nhosts:\n  wiki01: { type: local, path: /var/backups/backup-tools }\n${retention}`,
  );

  for (const page of ["how-to/verify-the-vault.md", "how-to/retention.md", "how-to/drill-the-vault.md"]) {
    for (const { content } of readCodeBlocks(page).filter(({ language }) => language === "sh")) {
      const run = await host.run(["sh", "-ec", content], { environment: { PATH: path }, timeout: 90_000 });
      expect(run.exitCode, `${page}: ${content}\n${run.stdout}${run.stderr}`).toBe(0);
    }
  }

  const left = readdirSync(directory).filter((name) => name.endsWith(".zst"));
  expect(left.map((name) => name.slice(20, 22))).toEqual(["01", "03", "04", "05"]);
  const list = await host.run(["archiver", "--json", "list"], { environment: { PATH: path } });
  const [newest, ...older] = JSON.parse(list.stdout) as { verified: string | null; proven: string | null }[];
  expect(newest?.proven).not.toBeNull();
  expect(older.map(({ proven }) => proven)).toEqual([null, null, null]);
  expect([newest, ...older].every((entry) => entry?.verified !== null)).toBe(true);
});
