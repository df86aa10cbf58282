import type { CommandResult } from "@catapullt/core/cli/result";
import { exitCodes } from "@catapullt/core/exit-codes";
import { escapeControls } from "@catapullt/core/printable";
import { formatTable } from "@catapullt/core/table";
import { describeResult, describeTrouble, formatCell, stateWords } from "./describe.ts";
import type { Clock, JudgedJob } from "./judge.ts";

export interface CheckedJobs {
  jobs: readonly JudgedJob[];
  notes: readonly string[];
  clock: Clock;
}

/** The verdict for people and for programs; times are in UTC, in JSON as ISO 8601 and null where unknown. */
export function checkResult({ jobs, notes, clock }: CheckedJobs): CommandResult {
  const findings = jobs.flatMap((job) => {
    const message = describeTrouble(job, clock.now);
    return message === undefined ? [] : [{ job: job.job, kind: job.state, message: escapeControls(message) }];
  });
  const healthy = findings.length === 0;
  const verdict = healthy ? "healthy" : `${findings.length} ${findings.length === 1 ? "finding" : "findings"}`;
  const paragraphs = [
    formatJobs(jobs),
    asLines(findings.map(({ job, kind, message }) => `${escapeControls(job)}: ${stateWords[kind]}: ${message}`)),
    asLines(notes.map((note) => `note: ${escapeControls(note)}`)),
    asLines([verdict]),
  ];
  return {
    text: paragraphs.filter((paragraph) => paragraph !== "").join("\n"),
    json: { healthy, jobs: jobs.map(jobJson), findings, notes },
    exitCode: healthy ? exitCodes.done : exitCodes.failed,
  };
}

function asLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function formatJobs(jobs: readonly JudgedJob[]): string {
  return formatTable(
    [
      { title: "JOB", value: ({ job }) => job },
      { title: "STATE", value: ({ state }) => stateWords[state] },
      { title: "EXPECTED", value: ({ expectedAt }) => formatCell(expectedAt) },
      { title: "LAST RUN", value: ({ running, lastRun }) => formatCell((running ?? lastRun)?.startedAt) },
      { title: "RESULT", value: resultCell },
      { title: "NEXT", value: ({ next }) => formatCell(next) },
    ],
    jobs,
  );
}

function resultCell({ running, lastRun }: JudgedJob): string {
  if (running !== undefined) return "runs";
  return lastRun === undefined ? "-" : describeResult(lastRun);
}

function jobJson({ job, state, expectedAt, lastRun, running, next }: JudgedJob) {
  return {
    job,
    state,
    expectedAt: expectedAt?.toISOString() ?? null,
    lastRun: lastRun === undefined ? null : runJson(lastRun),
    runningSince: running?.startedAt.toISOString() ?? null,
    next: next?.toISOString() ?? null,
  };
}

function runJson({ state, startedAt, endedAt, exitCode, bytes }: NonNullable<JudgedJob["lastRun"]>) {
  return {
    state,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    exitCode,
    bytes: bytes ?? null,
  };
}
