import type { CommandResult } from "@catapullt/core/cli/result";
import { exitCodes } from "@catapullt/core/exit-codes";
import { escapeControlsInLines } from "@catapullt/core/printable";
import type { ReportedFailure } from "@catapullt/core/report/schema";
import { formatTable } from "@catapullt/core/table";
import { formatDuration } from "@catapullt/core/units";
import type { DrillOutcome } from "./run.ts";

/** What came of the drills, for people and for programs. */
export function drillResult(outcomes: readonly DrillOutcome[], location: string): CommandResult {
  const isClean = outcomes.every(({ result }) => result === "proven" || result === "skipped");
  return {
    text: outcomes.length === 0 ? `no archives in ${location}\n` : renderOutcomes(outcomes),
    json: outcomes.map(toJson),
    exitCode: isClean ? exitCodes.done : exitCodes.failed,
  };
}

function renderOutcomes(outcomes: readonly DrillOutcome[]): string {
  const table = formatTable(
    [
      { title: "HOST", value: ({ host }) => host },
      { title: "APPLICATION", value: ({ application }) => application },
      { title: "ARCHIVE", value: (outcome) => nameOf(outcome) ?? "-" },
      { title: "RESULT", value: ({ result }) => (result === "disproven" ? "NOT PROVEN" : result) },
      { title: "RECOVERY TIME", value: recoveryTime, align: "right" },
    ],
    outcomes,
  );
  const notes = outcomes.map((outcome) => renderNotes(outcome, notesOf(outcome)));
  return `${table}${notes.join("")}`;
}

function renderNotes({ host, application }: DrillOutcome, notes: readonly string[]): string {
  if (notes.length === 0) return "";
  const lines = notes.map((note) => `  - ${escapeControlsInLines(note).replaceAll("\n", "\n    ")}\n`);
  return `\n${host}/${application}:\n${lines.join("")}`;
}

function recoveryTime(outcome: DrillOutcome): string {
  return outcome.result === "proven" ? formatDuration(outcome.seconds * 1000) : "-";
}

function nameOf(outcome: DrillOutcome): string | undefined {
  return outcome.result === "skipped" ? undefined : outcome.archive.name;
}

function notesOf(outcome: DrillOutcome): string[] {
  switch (outcome.result) {
    case "proven":
      return [];
    case "disproven":
      return outcome.findings;
    case "failed": {
      const { message, hint } = outcome.failure;
      return [hint === undefined ? message : `${message}\n${hint}`];
    }
    case "skipped":
      return [outcome.reason];
  }
}

function toJson(outcome: DrillOutcome): object {
  const { host, application, result } = outcome;
  return {
    host,
    application,
    name: nameOf(outcome) ?? null,
    result,
    recoverySeconds: outcome.result === "proven" ? outcome.seconds : null,
    covers: outcome.result === "proven" ? outcome.covers : [],
    findings: outcome.result === "disproven" ? outcome.findings : [],
    failure: outcome.result === "failed" ? outcome.failure : null,
    reason: outcome.result === "skipped" ? outcome.reason : null,
  };
}

/** Failures and warnings of the drills, for the run report. */
export function drillReportParts(outcomes: readonly DrillOutcome[]): {
  failures: ReportedFailure[];
  warnings: string[];
} {
  const failures: ReportedFailure[] = [];
  const warnings: string[] = [];
  for (const outcome of outcomes) {
    const subject = `${outcome.host}/${outcome.application}`;
    if (outcome.result === "failed") failures.push({ ...outcome.failure, subject });
    if (outcome.result === "disproven") {
      failures.push(
        ...outcome.findings.map((finding) => ({
          subject,
          code: "drill-failed",
          message: `${outcome.archive.name}: ${finding}`,
        })),
      );
    }
    if (outcome.result === "skipped" && outcome.isDue) warnings.push(`${subject}: not drilled: ${outcome.reason}`);
  }
  return { failures, warnings };
}
