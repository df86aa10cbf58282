import { z } from "zod";

export const reportSchemaVersion = 1;

const moment = z.iso.datetime({ precision: 3 });
const count = z.int().nonnegative();

const archiveSchema = z.object({
  host: z.string(),
  application: z.string(),
  /** Base name, and where it lies. */
  name: z.string(),
  path: z.string(),
  bytes: count,
  sha1: z.string(),
  version: z.string().optional(),
});

const failureSchema = z.object({
  /** Which host or application failed, where a run has several. */
  subject: z.string().optional(),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});

/**
 * What one run of the agent or the archiver did: handed over as JSON in the file that `BACKUP_REPORT` names.
 * Readers ignore fields that they do not know.
 */
export const reportSchema = z.object({
  schemaVersion: z.literal(reportSchemaVersion),
  program: z.string(),
  command: z.string(),
  host: z.string(),
  /** What the run was about: an application's name for the agent. */
  application: z.string().optional(),
  type: z.string().optional(),
  outcome: z.enum(["success", "warning", "failure"]),
  startedAt: moment,
  endedAt: moment,
  version: z.string().optional(),
  /** Archives that were made or fetched. */
  archives: z.array(archiveSchema),
  databases: z.array(z.object({ name: z.string(), engine: z.string(), tables: count, bytes: count })),
  trees: z.array(z.object({ label: z.string(), files: count, bytes: count, skipped: count })),
  warnings: z.array(z.string()),
  failures: z.array(failureSchema),
});

export type RunReport = z.infer<typeof reportSchema>;
export type ReportedArchive = z.infer<typeof archiveSchema>;
export type ReportedFailure = z.infer<typeof failureSchema>;
