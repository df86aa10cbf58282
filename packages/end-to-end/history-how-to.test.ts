import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseMetrics } from "@catapullt/testkit/prometheus";
import { expect, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { makeDocumentedArchive } from "./documented-archive.ts";
import { path, startHost } from "./lost-host.ts";

const metricsFile = "var/lib/prometheus/node-exporter/backups.prom";

test("every command of the how-to on history works as it stands there, and it explains every metric", {
  timeout: 180_000,
}, async () => {
  const host = await startHost();
  const server = await makeDocumentedArchive(host);
  await server.stop();
  mkdirSync(join(host.root, "var/lib/prometheus/node-exporter"), { recursive: true });
  writeFileSync(
    join(host.root, "etc/backup-tools/archiver.yaml"),
    "vault: /srv/backups\nhosts:\n  wiki01: { type: local, path: /var/backups/backup-tools, expect: { confluence: { every: 24h } } }\n",
  );
  const blocks = readCodeBlocks("how-to/history.md");

  for (const { content } of blocks.filter(({ language }) => language === "sh")) {
    const run = await host.run(["sh", "-ec", content], { environment: { PATH: path } });
    expect(run.exitCode, `${content}\n${run.stdout}${run.stderr}`).toBe(0);
  }

  expect(readFileSync(join(host.root, "var/tmp/backups.csv"), "utf8")).toMatch(/\r\nwiki01,confluence,.*\r\n$/);
  const families = await parseMetrics(readFileSync(join(host.root, metricsFile)));
  const documented = readFileSync(new URL("../../docs/how-to/history.md", import.meta.url), "utf8");
  for (const { name } of families) expect(documented).toContain(`\`${name}\``);
});
