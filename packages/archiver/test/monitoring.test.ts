import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "@catapullt/core/process/run";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { formatMetrics } from "../history/metrics.ts";

const directory = fileURLToPath(new URL("../../../docs/monitoring/", import.meta.url));
const rules = readFileSync(`${directory}backup-rules.yml`, "utf8");
const dashboard = readFileSync(`${directory}grafana-dashboard.json`, "utf8");

const exported = [
  ...formatMetrics({ applications: [], freeBytes: 1, now: new Date() }).matchAll(/^# TYPE (\w+)/gm),
].map(([, name]) => name);
/** Written by node_exporter itself. */
const foreign = ["node_textfile_mtime_seconds"];

function promtool(...args: string[]) {
  return run(systemProgram("promtool"), args, { environment: process.env });
}

test("promtool finds the rules right", async () => {
  const { exitCode, output, errorOutput } = await promtool(
    "check",
    "rules",
    "--lint=all",
    "--lint-fatal",
    `${directory}backup-rules.yml`,
  );
  expect(exitCode, `${output}${errorOutput}`).toBe(0);
});

test("each rule alerts when it should, and none does while all is well", async () => {
  const { exitCode, output, errorOutput } = await promtool("test", "rules", `${directory}backup-rules.test.yml`);
  expect(exitCode, `${output}${errorOutput}`).toBe(0);
  const examples = readFileSync(`${directory}backup-rules.test.yml`, "utf8");
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = ""]) => name);
  expect(alerts.length).toBeGreaterThan(5);
  for (const name of alerts) expect(examples).toMatch(new RegExp(`alertname: ${name}\\n +exp_alerts:`));
});

test.each([
  ["the rules", rules],
  ["the dashboard", dashboard],
])("%s use only metrics that the archiver writes", (_, text) => {
  const used = new Set(text.match(/\b(?:backup|node)_\w+_\w+|\bbackup_(?:expected|archives)\b/g));
  expect(used.size).toBeGreaterThan(5);
  for (const name of used) expect([...exported, ...foreign]).toContain(name);
});

interface Panel {
  id: number;
  title: string;
  targets: { expr: string }[];
}

test("the dashboard shows every metric, with queries that Prometheus can parse", async () => {
  const { panels } = JSON.parse(dashboard) as { panels: Panel[] };
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  for (const name of exported) expect(queries.join("\n")).toContain(name);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const file = join(temporaryDirectory("queries"), "queries.json");
  const group = { name: "queries", rules: queries.map((expr, index) => ({ record: `query${index}`, expr })) };
  writeFileSync(file, JSON.stringify({ groups: [group] }));
  const { exitCode, output, errorOutput } = await promtool("check", "rules", file);
  expect(exitCode, `${output}${errorOutput}`).toBe(0);
  expect(output.toString()).toContain(`${queries.length} rules found`);
});
