import { writeFile } from "node:fs/promises";
import { errorMessage } from "../errors.ts";
import type { Logger } from "../log/logger.ts";
import { redactValue } from "../log/redaction.ts";
import type { RunReport } from "./schema.ts";
import { reportVariable } from "./variable.ts";

/** Writes the report where `BACKUP_REPORT` says; a report that cannot be written never changes the run's result. */
export async function writeReport(report: RunReport, environment: NodeJS.ProcessEnv, log: Logger): Promise<void> {
  const path = environment[reportVariable];
  if (!path) return;
  try {
    await writeFile(path, `${JSON.stringify(redactValue(report), null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    log.warn(`the run report could not be written to ${path}: ${errorMessage(error)}`);
  }
}
