import { stat } from "node:fs/promises";
import { errorMessage, hasErrorCode } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { readReport } from "@catapullt/core/report/read";
import type { RunReport } from "@catapullt/core/report/schema";

const largestReport = 16 * 1024 * 1024;

/**
 * What the wrapped command wrote to its report file; undefined where that is nothing, nothing that can be understood, or
 * the report of an earlier run. A report that cannot be read is worth a warning and no more.
 */
export async function readRunReport(path: string, startedAt: Date, log: Logger): Promise<RunReport | undefined> {
  try {
    const status = await stat(path);
    if (!status.isFile() || status.size > largestReport) throw new Error("it is no file, or far too large");
    const report = await readReport(path);
    if (report === undefined) throw new Error("it is not a run report that this version understands");
    return new Date(report.endedAt) < startedAt ? undefined : report;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    log.warn(`the command's report ${path} cannot be used: ${errorMessage(error)}`);
    return undefined;
  }
}
