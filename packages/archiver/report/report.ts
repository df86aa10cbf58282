import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { exitCodes } from "@catapullt/core/exit-codes";
import { archiverConfigDescription } from "../config/schema.ts";
import { withJudgement } from "../health/judge.ts";
import { checkOutputFile, writeOutputFile } from "../output/output-file.ts";
import { gatherReport } from "./gather.ts";
import { parseReportFile, type ReportArguments } from "./options.ts";
import { renderPage } from "./page/page.ts";
import { count } from "./page/words.ts";
import { noteHostFailure } from "./run-report.ts";

/** `archiver report [host...]`: what it shows is as `check`, `history` and `prune --dry-run` would tell it. Asks no host. */
export async function report(
  context: CommandContext,
  named: string[],
  options: ReportArguments,
): Promise<CommandResult> {
  const { environment, configFile, log } = context;
  const file = parseReportFile(options);
  await checkOutputFile(file);
  const { config } = await loadConfig(archiverConfigDescription, { file: configFile, environment });
  const request = { config, context, named, application: options.application, now: new Date() };
  return withJudgement(request, async (judgement) => {
    const facts = gatherReport(judgement, { config, named, application: options.application });
    const page = renderPage(facts);
    await writeOutputFile(file, page);
    const { unreadable } = judgement.catalog;
    for (const { host, error } of unreadable) noteHostFailure(host, error, log);
    const { healthy, findings, applications } = facts;
    log.info(`wrote ${file.path}: ${count(applications.length, "application")}, ${count(findings.length, "finding")}`);
    return {
      text: "",
      json: { file: file.path, healthy, findings: findings.length, applications: applications.length },
      exitCode: unreadable.length === 0 ? exitCodes.done : exitCodes.failed,
    };
  });
}
