import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { OperationError } from "@catapullt/core/errors";
import { writeReport } from "@catapullt/core/report/write";
import { archiverConfigDescription } from "../config/schema.ts";
import { createRunReport, describeFailure } from "../report/run-report.ts";
import { acceptSize } from "./accept.ts";
import { type JudgementRequest, withJudgement } from "./judge.ts";
import { checkResult, reportedFindings } from "./render.ts";

export interface CheckOptions {
  application?: string;
  /** `HOST/APPLICATION` */
  accept?: string;
}

/** `archiver check [host...]`: judges from what is known here, and asks no host. */
export async function check(context: CommandContext, named: string[], options: CheckOptions): Promise<CommandResult> {
  const { environment, configFile } = context;
  const { config } = await loadConfig(archiverConfigDescription, { file: configFile, environment });
  const { accept, application } = options;
  if (accept !== undefined) {
    if (named.length > 0 || application !== undefined)
      throw new OperationError("usage-invalid", "--accept goes with neither hosts nor --application", {
        hint: "archiver check --accept HOST/APPLICATION",
      });
    return acceptSize(accept, { config, context });
  }
  return checkAndReport({ config, context, named, application, now: new Date() });
}

async function checkAndReport(run: JudgementRequest): Promise<CommandResult> {
  const { environment, log } = run.context;
  const report = (warnings: string[], failures: ReturnType<typeof reportedFindings>) => {
    const facts = { command: "check", startedAt: run.now, endedAt: new Date(), warnings, failures };
    return writeReport(createRunReport(facts), environment, log);
  };
  try {
    const assessment = await withJudgement(run, ({ assessment }) => assessment);
    await report(assessment.notes, reportedFindings(assessment));
    return checkResult(assessment, run.now);
  } catch (error) {
    await report([], [describeFailure(error)]);
    throw error;
  }
}
