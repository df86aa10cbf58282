import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { makeDocumentedArchive } from "./documented-archive.ts";
import { path, startHost } from "./lost-host.ts";

test("every command of the how-to on the doctor works as it stands there, and its cron line is found", {
  timeout: 180_000,
}, async () => {
  const host = await startHost();
  await makeDocumentedArchive(host);
  const [commands, sample, ...more] = readCodeBlocks("how-to/doctor.md");
  expect(more).toEqual([]);
  const run = (command: string) => host.run(["sh", "-ec", command], { environment: { PATH: path } });
  const lines = commands?.content.trimEnd().split("\n") ?? [];
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    const { exitCode, stdout, stderr } = await run(line);
    expect(exitCode, `${line}\n${stdout}${stderr}`).toBe(0);
  }
  const before = await run("backup-agent doctor confluence");
  expect(before.stdout).toContain("warning  schedule: nothing on this host backs up confluence");
  // The order and the names of the sample's checks are the real ones.
  const checks = (text: string) =>
    [...text.matchAll(/^ {2}(?:ok|warning|failure) +([a-z-]+):/gm)].map(([, name]) => name);
  const documented = new Set(checks(sample?.content ?? ""));
  expect([...new Set(checks(before.stdout))].filter((name) => documented.has(name))).toEqual([...documented]);

  mkdirSync(join(host.root, "etc/cron.d"), { recursive: true });
  const cron = sample?.content.match(/^ {16}(PATH=.*|0 2 .*)$/gm)?.map((line) => line.trim()) ?? [];
  expect(cron).toHaveLength(2);
  writeFileSync(join(host.root, "etc/cron.d/backup-tools"), `${cron[1]}\n`);
  const narrow = await run("backup-agent doctor confluence || true");
  expect(narrow.stdout).toMatch(
    /failure {2}schedule: \/etc\/cron.d\/backup-tools: under this PATH, notify, .*backup-agent/,
  );
  writeFileSync(join(host.root, "etc/cron.d/backup-tools"), `PATH=${path}\n${cron[1]}\n`);
  const wide = await run("backup-agent doctor confluence || true");
  expect(wide.stdout).toMatch(/ok +schedule: \/etc\/cron.d\/backup-tools: 0 2 \* \* \*, next at .* UTC, as root/);
});
