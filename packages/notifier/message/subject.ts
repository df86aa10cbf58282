import { formatBytes, formatDuration } from "@catapullt/core/units";
import { nameEnding } from "../ending.ts";
import type { Outcome, OutcomeState } from "../outcome.ts";
import { cleanLine, shorten } from "./clean.ts";
import { countOf } from "./figures.ts";

export const stateNames: Record<OutcomeState, string> = { success: "OK", warning: "WARNING", failure: "FAILED" };

export const longestSubject = 180;

/** One line such as `[backup] OK confluence on wiki01: 1.23 GB in 3 min 5 s`. */
export function renderSubject(outcome: Outcome): string {
  const { state, job, host } = outcome;
  return formatSubject(stateNames[state], `${job} on ${host}: ${describeRun(outcome)}`);
}

export function formatSubject(badge: string, text: string): string {
  return shorten(cleanLine(`[backup] ${badge} ${text}`), longestSubject);
}

/** What the subject says after the colon: size and duration, or how it failed. */
export function describeRun({ state, ending, duration, report, before, tries = 1 }: Outcome): string {
  const time = formatDuration(duration);
  const failures = before.streak?.state === "failure" ? before.streak.runs : 0;
  if (state === "failure") {
    const end = nameEnding(ending);
    const streak = failures > 0 ? `, ${failures + 1} failures in a row` : "";
    const hasDuration = !["not-started", "locked", "lost"].includes(ending.kind);
    return !hasDuration ? `${end}${streak}` : `${end} after ${time}${streak}`;
  }
  const extras = [
    state === "warning" && report ? countOf(report.warnings.length, "warning") : "",
    tries > 1 ? `failed ${tries - 1} ${tries === 2 ? "time" : "times"} before` : "",
    failures > 0 ? `recovered after ${countOf(failures, "failure")}` : "",
  ].filter((extra) => extra !== "");
  return [`${describeResult(report?.archives ?? [])} in ${time}`, ...extras].join(", ");
}

function describeResult(archives: readonly { bytes: number }[]): string {
  if (archives.length === 0) return "done";
  const size = formatBytes(archives.reduce((sum, { bytes }) => sum + bytes, 0));
  return archives.length === 1 ? size : `${archives.length} archives, ${size}`;
}
