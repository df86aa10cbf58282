import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { confluenceDefaults } from "@catapullt/testkit/confluence";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import { expect, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { documentedVault, makeDocumentedArchive } from "./documented-archive.ts";
import { path, savedTree, startHost } from "./lost-host.ts";

test("every command of docs/how-to/restore.md works as it stands there", { timeout: 120_000 }, async () => {
  const host = await startHost();
  const run = (command: readonly string[], input?: string) =>
    host.run(command, { environment: { PATH: path }, timeout: 60_000, ...(input === undefined ? {} : { input }) });
  const server = await makeDocumentedArchive(host);
  const before = { tree: savedTree(host), database: await databaseFingerprint(server, "confluence") };
  rmSync(join(host.root, confluenceDefaults.home), { recursive: true });
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

test("the command of docs/reference/archive-format.md prints the whole dump", { timeout: 120_000 }, async () => {
  const host = await startHost();
  const server = await makeDocumentedArchive(host);
  await server.stop();
  const [command, ...more] = readCodeBlocks("reference/archive-format.md").filter(({ language }) => language === "sh");
  expect(more).toEqual([]);
  const { exitCode, stdout } = await host.run(["sh", "-ec", command?.content ?? "exit 99"], {
    environment: { PATH: path },
    directory: `/${documentedVault}`,
  });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/CREATE TABLE `CONTENT`[\s\S]*-- Dump completed/);
});
