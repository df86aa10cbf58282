import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseMetrics } from "@catapullt/testkit/prometheus";
import { expect, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { makeDocumentedArchive } from "./documented-archive.ts";
import { path, startHost } from "./lost-host.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

async function startBackupHost() {
  const host = await startHost();
  const server = await makeDocumentedArchive(host);
  await server.stop();
  const directories = ["var/lib/prometheus/node-exporter", "var/www/html", "etc/prometheus", "etc/cron.d"];
  for (const directory of directories) mkdirSync(join(host.root, directory), { recursive: true });
  writeFileSync(
    join(host.root, "etc/backup-tools/archiver.yaml"),
    "vault: /srv/backups\nhosts:\n  wiki01: { type: local, path: /var/backups/backup-tools, expect: { confluence: { every: 24h } } }\n",
  );
  return host;
}

test("every command of the how-to on Prometheus and Grafana works as it stands there", {
  timeout: 180_000,
}, async () => {
  const host = await startBackupHost();
  const blocks = readCodeBlocks("how-to/prometheus-and-grafana.md");
  const configuration = blocks.find(({ named }) => named === "/etc/prometheus/prometheus.yml");
  writeFileSync(join(host.root, "etc/prometheus/prometheus.yml"), configuration?.content ?? "");

  for (const { content } of blocks.filter(({ language }) => language === "sh")) {
    const run = await host.run(["sh", "-ec", content], { environment: { PATH: path }, directory: repository });
    expect(run.exitCode, `${content}\n${run.stdout}${run.stderr}`).toBe(0);
  }

  const families = await parseMetrics(readFileSync(join(host.root, "var/lib/prometheus/node-exporter/backups.prom")));
  expect(families.find(({ name }) => name === "backup_archives")?.samples).toMatchObject([{ value: 1 }]);
  for (const file of ["etc/prometheus/rules/backup-rules.yml", "var/lib/grafana/dashboards/backups.json"])
    expect(existsSync(join(host.root, file))).toBe(true);
  const rules = readFileSync(join(host.root, "etc/prometheus/rules/backup-rules.yml"), "utf8");
  const howTo = readFileSync(new URL("../../docs/how-to/prometheus-and-grafana.md", import.meta.url), "utf8");
  for (const [, alert] of rules.matchAll(/- alert: (\w+)/g)) expect(howTo).toContain(`\`${alert}\``);
});

test("every command of the how-to on the page works as it stands there", { timeout: 180_000 }, async () => {
  const host = await startBackupHost();
  for (const { content } of readCodeBlocks("how-to/report.md").filter(({ language }) => language === "sh")) {
    const run = await host.run(["sh", "-ec", content], { environment: { PATH: path } });
    expect(run.exitCode, `${content}\n${run.stdout}${run.stderr}`).toBe(0);
  }
  for (const name of ["backups", "wiki01", "confluence"])
    expect(readFileSync(join(host.root, `var/www/html/${name}.html`), "utf8")).toContain("confluence</bdi>");
});
