import type { ReportedArchive, RunReport } from "@catapullt/core/report/schema";
import { formatCommandLine } from "@catapullt/core/shell-words";
import { formatBytes } from "@catapullt/core/units";
import { adviseEnding, describeEnding } from "../ending.ts";
import { type Outcome, recordOf, reportedBytes } from "../outcome.ts";
import { describeDuration, describeSize } from "./change.ts";
import { cleanLine, cleanText } from "./clean.ts";
import { type Content, type Fact, type Problem, type Section, warningsTitle } from "./content.ts";
import { countOf, formatMoment, formatMomentWithDay } from "./figures.ts";
import { sizesSection } from "./sizes-chart.ts";
import { describeRun, stateNames } from "./subject.ts";

const longestList = 50;
const tones = { success: "good", warning: "notice", failure: "bad" } as const;

/** Says what happened: what an administrator must know first comes first. */
export function composeOutcome(outcome: Outcome): Content {
  const { state, job, host, report } = outcome;
  const log = logSection(outcome);
  const facts = factsSection(outcome);
  const details = report === undefined ? [] : detailSections(report);
  const warnings = listSection(warningsTitle, report?.warnings ?? []);
  const sizes = sizesSection([...outcome.before.recent, recordOf(outcome)]);
  const sections =
    state === "failure"
      ? [problemsSection(outcome), warnings, log, facts, sizes, ...details]
      : [warnings, facts, sizes, ...details, log];
  return {
    badge: stateNames[state],
    tone: tones[state],
    headline: cleanLine(`${job} on ${host}`),
    summary: cleanLine(describeRun(outcome)),
    sections: sections.filter((section) => section !== undefined),
  };
}

function problemsSection({ ending, report }: Outcome): Section {
  const reported = (report?.failures ?? []).slice(0, longestList).map(({ subject, message, hint }): Problem => {
    const text = subject === undefined ? message : `${subject}: ${message}`;
    return { text: cleanText(text), hint: hint === undefined ? undefined : cleanText(hint) };
  });
  const end = { text: cleanText(describeEnding(ending)), hint: adviseEnding(ending) };
  // An exit code tells less than what the command itself has reported; any other end tells more.
  const problems = reported.length > 0 && ending.kind === "exited" ? reported : [end, ...reported];
  return { kind: "problems", title: "What failed", problems };
}

function factsSection(outcome: Outcome): Section {
  const { command, ending, startedAt, endedAt, duration, report } = outcome;
  const { recent } = outcome.before;
  const rows = [
    ...applicationFacts(report),
    ...sizeFacts(outcome),
    ...archiveFacts(report?.archives ?? []),
    ...historyFacts(outcome),
    fact("Started", formatMoment(startedAt)),
    fact("Ended", formatMoment(endedAt)),
    fact("Duration", describeDuration(duration, recent)),
    ...triesFacts(outcome),
    fact("Command", formatCommandLine(command)),
    fact("Result", describeEnding(ending)),
  ];
  return { kind: "facts", title: "The run", rows };
}

function triesFacts({ state, tries = 1, isLate = false }: Outcome): Fact[] {
  const failed = state === "failure" ? "each failed" : `failed ${tries - 1} ${tries === 2 ? "time" : "times"} before`;
  return [
    ...(tries > 1 ? [fact("Tries", `${tries}, ${failed}`)] : []),
    ...(isLate ? [fact("Told late", "because notify itself was ended before it could tell")] : []),
  ];
}

function applicationFacts(report: RunReport | undefined): Fact[] {
  if (report?.application === undefined) return [];
  const type = report.type === undefined || report.type === report.application ? "" : ` (${report.type})`;
  const version = report.version === undefined ? [] : [fact("Version", report.version)];
  return [fact("Application", `${report.application}${type}`), ...version];
}

function archiveFacts(archives: readonly ReportedArchive[]): Fact[] {
  const [only] = archives;
  if (only !== undefined && archives.length === 1) {
    return [fact("Archive", only.name), fact("Stored at", only.path), fact("SHA1", only.sha1)];
  }
  const rows = archives.slice(0, longestList).map(({ host, application, name, bytes }) => {
    return fact(`${host} ${application}`, `${name}, ${formatBytes(bytes)}`);
  });
  return archives.length > longestList ? [...rows, fact("…", `${archives.length - longestList} more`)] : rows;
}

function sizeFacts({ report, before }: Outcome): Fact[] {
  const bytes = reportedBytes(report);
  return bytes === undefined ? [] : [fact("Size", describeSize(bytes, before.recent))];
}

function historyFacts({ state, before: { streak, overdueSince } }: Outcome): Fact[] {
  const late = overdueSince === undefined ? [] : [fact("Was overdue", `since ${formatMoment(overdueSince)}`)];
  if (streak?.state !== "failure") return late;
  const { runs, since } = streak;
  if (state !== "failure")
    return [fact("Recovered", `after ${countOf(runs, "failure")}, since ${formatMoment(since)}`), ...late];
  return [fact("Failing", `since ${formatMomentWithDay(since)}, ${runs + 1} runs in a row`), ...late];
}

function detailSections({ databases, trees }: RunReport): (Section | undefined)[] {
  return [
    factsList(
      "Databases",
      databases.map(({ name, engine, tables, bytes }) =>
        fact(name, `${engine}, ${countOf(tables, "table")}, ${formatBytes(bytes)} dump`),
      ),
    ),
    factsList(
      "Files",
      trees.map(({ label, files, bytes, skipped }) =>
        fact(label, `${countOf(files, "file")}, ${formatBytes(bytes)}${skipped === 0 ? "" : `, ${skipped} skipped`}`),
      ),
    ),
  ];
}

function factsList(title: string, rows: readonly Fact[]): Section | undefined {
  return rows.length === 0 ? undefined : { kind: "facts", title, rows: rows.slice(0, longestList) };
}

function listSection(title: string, items: readonly string[]): Section | undefined {
  if (items.length === 0) return undefined;
  const shown = items.slice(0, longestList).map(cleanText);
  const rest = items.length - shown.length;
  return { kind: "list", title, items: rest > 0 ? [...shown, `… and ${rest} more`] : shown };
}

function logSection({ log }: Outcome): Section | undefined {
  if (log.lines.length === 0) return undefined;
  return { kind: "log", title: log.isCut ? `Last ${log.lines.length} lines of output` : "Output", lines: log.lines };
}

function fact(label: string, value: string): Fact {
  return { label: cleanLine(label), value: cleanLine(value) };
}
