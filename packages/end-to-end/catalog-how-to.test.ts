import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { makeDocumentedArchive } from "./documented-archive.ts";
import { path, startHost } from "./lost-host.ts";

test("every command of the how-to on the catalog works as it stands there", { timeout: 120_000 }, async () => {
  const host = await startHost();
  const server = await makeDocumentedArchive(host);
  await server.stop();
  mkdirSync(join(host.root, "var/backups/backup-tools"), { recursive: true });
  writeFileSync(
    join(host.root, "etc/backup-tools/archiver.yaml"),
    "vault: /srv/backups\nhosts:\n  wiki01: { type: local, path: /var/backups/backup-tools }\n",
  );
  const outputs: string[] = [];
  for (const { content } of readCodeBlocks("how-to/catalog.md").filter(({ language }) => language === "sh")) {
    const run = await host.run(["sh", "-ec", content], { environment: { PATH: path }, timeout: 60_000 });
    expect(run.exitCode, `${content}\n${run.stdout}${run.stderr}`).toBe(0);
    outputs.push(run.stdout);
  }
  expect(outputs.join("")).toContain("the vault holds 1 archive of 1 application; 0 more are on record and gone");
});
