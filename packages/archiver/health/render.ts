import type { CommandResult } from "@catapullt/core/cli/result";
import { exitCodes } from "@catapullt/core/exit-codes";
import { escapeControls } from "@catapullt/core/printable";
import type { ReportedFailure } from "@catapullt/core/report/schema";
import { formatTable } from "@catapullt/core/table";
import { formatBytes } from "@catapullt/core/units";
import type { AssessedApplication, Assessment } from "./assess.ts";
import { type Stage, stages } from "./cause.ts";
import { subjectOf } from "./finding.ts";
import { describeSpace } from "./space.ts";

/** The verdict for people and for programs; times are ISO 8601 in UTC, null where unknown. */
export function checkResult(assessment: Assessment, now: Date): CommandResult {
  const { healthy, findings, applications, space, notes } = assessment;
  return {
    text: formatAssessment(assessment, now),
    json: {
      healthy,
      findings: findings.map((finding) => ({ ...finding, message: escapeControls(finding.message) })),
      applications: applications.map(applicationJson),
      space: space ?? null,
      notes,
    },
    exitCode: healthy ? exitCodes.done : exitCodes.failed,
  };
}

function applicationJson({
  host,
  application,
  state,
  isExpected,
  times,
  missing,
  newest,
  causes,
}: AssessedApplication) {
  const stageTimes = stages.map((stage) => [stage, times[stage]?.toISOString() ?? null] as const);
  return {
    host,
    application,
    state,
    isExpected,
    stages: Object.fromEntries(stageTimes),
    missing: missing ?? null,
    causes: causes.map(escapeControls),
    name: newest?.name ?? null,
    time: newest?.time.toISOString() ?? null,
    bytes: newest?.bytes ?? null,
  };
}

/** Each finding as a failure of the run report, so that a message about it says all. */
export function reportedFindings({ findings }: Assessment): ReportedFailure[] {
  return findings.map((finding) => ({
    subject: escapeControls(subjectOf(finding)),
    code: finding.kind,
    message: escapeControls(finding.message),
  }));
}

function formatAssessment({ healthy, findings, applications, space, notes }: Assessment, now: Date): string {
  const lines = findings.map((finding) => escapeControls(`${subjectOf(finding)}: ${finding.kind}: ${finding.message}`));
  const verdict = healthy ? "healthy" : `${findings.length} ${findings.length === 1 ? "finding" : "findings"}`;
  const sections = [
    applications.length === 0 ? "no backups are expected or here\n" : formatApplications(applications, now),
    asLines(lines),
    asLines(notes.map((note) => `note: ${note}`)),
    asLines([...(space === undefined ? [] : [describeSpace(space)]), verdict]),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function asLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function formatApplications(applications: readonly AssessedApplication[], now: Date): string {
  const stageColumn = (stage: Stage) => ({
    title: stage.toUpperCase(),
    value: ({ times, missing, isExpected }: AssessedApplication) => {
      const time = times[stage];
      if (time !== undefined) return formatShort(time, now);
      return stage === missing && isExpected ? "missing" : "-";
    },
  });
  return formatTable(
    [
      { title: "HOST", value: ({ host }) => host },
      { title: "APPLICATION", value: ({ application }) => application },
      { title: "STATE", value: ({ state, isExpected }) => (state === "ok" && !isExpected ? "not expected" : state) },
      { title: "NEWEST", value: ({ newest }) => (newest === undefined ? "-" : formatShort(newest.time, now)) },
      {
        title: "SIZE",
        value: ({ newest }) => (newest === undefined ? "-" : formatBytes(newest.bytes)),
        align: "right",
      },
      ...stages.map(stageColumn),
    ],
    applications,
  );
}

const halfYear = 183 * 86_400_000;

/** `11-23 02:00` in UTC, or the date where that could be another year's. */
function formatShort(time: Date, now: Date): string {
  const text = time.toISOString();
  return Math.abs(now.getTime() - time.getTime()) < halfYear ? text.slice(5, 16).replace("T", " ") : text.slice(0, 10);
}
