import { OperationError } from "@catapullt/core/errors";
import { z } from "zod";
import type { SealedArchive } from "./plan.ts";

const identity = { schemaVersion: z.literal(1), archive: z.string() };

/** What the archiver needs of the report that `backup-agent --json drill` prints; more fields may come. */
const agentReportSchema = z.discriminatedUnion("proven", [
  z.object({
    ...identity,
    proven: z.literal(true),
    sha1: z.string(),
    covers: z.array(z.enum(["database", "files"])).min(1),
    recoverySeconds: z.number().nonnegative(),
    findings: z.array(z.unknown()).max(0),
  }),
  z.object({
    ...identity,
    proven: z.literal(false),
    findings: z.array(z.object({ subject: z.string(), message: z.string() })).min(1),
  }),
]);

/** What a drill has shown; `seconds` is how long the recovery took. */
export type Verdict =
  | { result: "proven"; seconds: number; covers: ("database" | "files")[] }
  | { result: "disproven"; findings: string[] };

/** The verdict in what the agent printed. Fails with `drill-failed` unless it is one on this very archive, and fits the exit code. */
export function readVerdict(output: string, exitCode: number, { name, sha1 }: SealedArchive): Verdict {
  const report = agentReportSchema.safeParse(parseJson(output)).data;
  if (report === undefined) throw unusable(name, "it is not in a form that this release knows");
  if (report.archive !== name) throw unusable(name, `it is about ${JSON.stringify(report.archive)}`);
  if (report.proven !== (exitCode === 0)) throw unusable(name, `it does not fit exit code ${exitCode}`);
  if (!report.proven) {
    return { result: "disproven", findings: report.findings.map(({ subject, message }) => `${subject}: ${message}`) };
  }
  if (report.sha1 !== sha1)
    throw unusable(name, `it is about a file with SHA1 ${report.sha1}, the vault's has ${sha1}`);
  return { result: "proven", seconds: report.recoverySeconds, covers: report.covers };
}

function unusable(name: string, reason: string): OperationError {
  return new OperationError("drill-failed", `backup-agent's report on ${name} cannot be used: ${reason}`, {
    hint: "archiver and backup-agent should be of one release: compare `archiver --version` and `backup-agent --version`",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
