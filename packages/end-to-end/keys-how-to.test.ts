import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { confluenceDefaults } from "@catapullt/testkit/confluence";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { expect, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { makeDocumentedArchive } from "./documented-archive.ts";
import { path, savedTree, startHost } from "./lost-host.ts";

test("every command of docs/how-to/keys-apart.md works as it stands there", { timeout: 180_000 }, async () => {
  const host = await startHost();
  await makeDocumentedArchive(host);
  const [configuration, backup, prune, restore, ...more] = readCodeBlocks("how-to/keys-apart.md");
  expect(more).toEqual([]);
  const run = async (command = "") => {
    const { exitCode, stdout, stderr } = await host.run(["sh", "-ec", command], { environment: { PATH: path } });
    expect(exitCode, `${command}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  writeFileSync(join(host.root, "etc/backup-tools/agent.yaml"), configuration?.content ?? "");
  mkdirSync(join(host.root, "var/backups/backup-tools-keys"));
  const before = savedTree(host);

  const [archive = "", keys = ""] = (await run(backup?.content)).trim().split("\n");
  expect(keys).toMatch(/^\/var\/backups\/backup-tools-keys\/confluence-keys\/confluence-keys_/);
  await run(prune?.content);

  const home = join(host.root, confluenceDefaults.home);
  rmSync(home, { recursive: true });
  const [data = "", secrets = ""] = (restore?.content ?? "")
    .replace("CONFLUENCE_ARCHIVE", `${archive} --only files --yes`)
    .replace("KEYS_ARCHIVE", `${keys} --yes`)
    .trim()
    .split("\n");
  await run(data);
  const withoutKeys = Object.keys(describeTree(home));
  expect(withoutKeys).not.toContain("secrets-config.yaml");
  await run(secrets);
  expect(Object.keys(savedTree(host)).sort()).toEqual(Object.keys(before).sort());
});
