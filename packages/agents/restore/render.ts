import { basename } from "node:path";
import { escapeControls } from "@catapullt/core/printable";
import { formatBytes } from "@catapullt/core/units";
import type { RestorePlan } from "./plan.ts";
import type { RestoreResult } from "./result.ts";

/** The plan, for people. */
export function renderPlan(plan: RestorePlan): string {
  const { archive, application, type, version, host, startedAt, steps, notes, refusals } = plan;
  const lines = [
    `restore ${application} (${type} ${version}) from ${basename(archive)}, backed up on ${host} at ${startedAt}`,
    "",
    ...steps.flatMap(({ what, to, bytes, keeps }) => [
      `  ${what} (${formatBytes(bytes)}) -> ${to}`,
      ...(keeps === undefined ? [] : [`    there now: ${keeps}`]),
    ]),
    ...section("Note", notes),
    ...section(
      "Refused",
      refusals.map(({ problem, remedy }) => `${problem}\n    ${remedy}`),
    ),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

/** What was done, for people. */
export function renderResult({ restored, kept, next, seconds }: RestoreResult): string {
  const lines = [
    ...restored.map(({ what, to, bytes }) => `restored ${what} (${formatBytes(bytes)}) -> ${to}`),
    ...kept.map(({ what, path, comesBackBy }) => `kept ${what} in ${path}\n  it comes back by: ${comesBackBy}`),
    `done in ${seconds} s`,
    ...section("Before you start it", next),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function section(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : ["", `${title}:`, ...entries.map((entry) => `  - ${entry}`)];
}

function printable(text: string): string {
  return text.split("\n").map(escapeControls).join("\n");
}
