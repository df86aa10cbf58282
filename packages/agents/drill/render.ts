import { escapeControls } from "@catapullt/core/printable";
import { formatDuration } from "@catapullt/core/units";
import type { DrillReport } from "./report.ts";

/** The report, for people. */
export function renderReport(report: DrillReport): string {
  const { archive, application, type, version, host, archivedAt, steps, databases, figures, findings } = report;
  const lines = [
    application === undefined
      ? `drill of ${archive}`
      : `drill of ${archive}: ${application} (${type} ${version}), backed up on ${host} at ${archivedAt}`,
    "",
    ...steps.map(({ step, seconds }) => `  ${formatDuration(seconds * 1000).padStart(8)}  ${step}`),
    ...section(
      "restored",
      databases.map(
        ({ name, server, tables, rows }) => `database ${name} in ${server}: ${tables} tables, ${rows} rows`,
      ),
    ),
    ...section(
      "answers",
      figures.map(({ what, count }) => `${what}: ${count}`),
    ),
    ...section(
      "found",
      findings.map(({ subject, message, hint }) =>
        [`${subject}: ${message}`, ...(hint === undefined ? [] : [hint])].join("\n").replaceAll("\n", "\n    "),
      ),
    ),
    "",
    verdict(report),
  ];
  return `${lines.map((line) => line.split("\n").map(escapeControls).join("\n")).join("\n")}\n`;
}

function verdict({ proven, recoverySeconds = 0, covers, findings }: DrillReport): string {
  if (!proven) return `NOT PROVEN: ${findings.length} ${findings.length === 1 ? "finding" : "findings"}`;
  const part = covers.length === 2 ? "" : ` (${covers.join("")} only)`;
  return `proven${part}: a restore takes ${formatDuration(recoverySeconds * 1000)} here`;
}

function section(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : ["", `${title}:`, ...entries.map((entry) => `  - ${entry}`)];
}
