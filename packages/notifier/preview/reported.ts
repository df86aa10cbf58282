import { readFile, stat } from "node:fs/promises";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import { type RunReport, reportSchema } from "@catapullt/core/report/schema";
import type { Outcome } from "../outcome.ts";
import { createRecord } from "../state/job-record.ts";

const largestReport = 16 * 1024 * 1024;

/** The run that a report tells of, as notify would have seen it. */
export async function readReportedOutcome(file: string): Promise<Outcome> {
  const report = await readReportFile(file);
  const { program, command, application, host, outcome } = report;
  const startedAt = new Date(report.startedAt);
  const endedAt = new Date(report.endedAt);
  const job = application ?? `${program} ${command}`;
  return {
    job,
    host,
    command: application === undefined ? [program, command] : [program, command, application],
    state: outcome,
    ending: { kind: "exited", exitCode: outcome === "failure" ? 1 : 0 },
    startedAt,
    endedAt,
    duration: Math.max(0, endedAt.getTime() - startedAt.getTime()),
    log: { lines: [], isCut: false },
    report,
    before: createRecord(job),
  };
}

async function readReportFile(file: string): Promise<RunReport> {
  const text = await readText(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(file, `is no JSON: ${errorMessage(error)}`);
  }
  const { data, error } = reportSchema.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const key = issue?.path.join(".") ?? "";
  throw refused(file, `is no run report: ${key === "" ? "" : `${key}: `}${issue?.message ?? ""}`);
}

async function readText(file: string): Promise<string> {
  try {
    const status = await stat(file);
    if (!status.isFile()) throw refused(file, "is no regular file");
    if (status.size > largestReport) throw refused(file, "is too large");
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof OperationError) throw error;
    throw refused(file, `cannot be read: ${errorMessage(error)}`);
  }
}

function refused(file: string, problem: string): OperationError {
  return new OperationError("usage-invalid", `the run report ${file} ${problem}`, {
    hint: "write one with: BACKUP_REPORT=/tmp/report.json backup-agent APPLICATION   (or leave --report out for a sample)",
  });
}
