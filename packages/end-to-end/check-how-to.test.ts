import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { documentedVault, makeDocumentedArchive } from "./documented-archive.ts";
import { path, startHost } from "./lost-host.ts";

const page = "how-to/check.md";

test("every command of the how-to on check works as it stands there, with its configuration", {
  timeout: 180_000,
}, async () => {
  const host = await startHost();
  const server = await makeDocumentedArchive(host);
  await server.stop();
  rmSync(join(host.root, documentedVault), { recursive: true });
  const blocks = readCodeBlocks(page);
  const settings = blocks.filter(({ language }) => language === "yaml").map(({ content }) => content);
  const run = async (command: string) => {
    const { exitCode, stdout, stderr } = await host.run(["sh", "-ec", command], { environment: { PATH: path } });
    return { exitCode, stdout, told: `${command}\n${stdout}${stderr}` };
  };
  writeFileSync(join(host.root, "etc/backup-tools/archiver.yaml"), ["vault: /srv/backups\n", ...settings].join(""));
  const pull = await run("archiver pull --json");
  expect(pull.exitCode, pull.told).toBe(0);

  const unproven = await run("archiver check --json");
  expect(unproven.exitCode, unproven.told).toBe(1);
  expect(JSON.parse(unproven.stdout).findings).toMatchObject([{ application: "confluence", kind: "unproven" }]);
  const [{ fetched }] = JSON.parse(pull.stdout) as [
    { fetched: { application: string; name: string; bytes: number; sha1: string }[] },
  ];
  const { application = "", name = "", bytes = 0, sha1 = "" } = fetched[0] ?? {};
  const proof = { event: "proven", at: new Date().toISOString(), host: "wiki01", application, name, bytes, sha1 };
  appendFileSync(
    join(host.root, "srv/backups/.archiver/receipts.jsonl"),
    `${JSON.stringify({ ...proof, seconds: 60, covers: ["database", "files"] })}\n`,
  );

  for (const { content } of blocks.filter(({ language }) => language === "sh")) {
    const { exitCode, told } = await run(content);
    expect(exitCode, told).toBe(0);
  }
});
