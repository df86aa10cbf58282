import { access, constants } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import { examples } from "@catapullt/core/cli/examples";
import type { CommandContext, Handle } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import type { RunReport } from "@catapullt/core/report/schema";
import { type Command, Option } from "commander";

interface DrillFlags {
  only?: "database" | "files";
  directory?: string;
  report?: string;
}

export function registerDrillCommand(program: Command, handle: Handle): void {
  program
    .command("drill")
    .summary("prove that an archive restores, in throwaway servers")
    .description(
      "Restores the archive into a database server of its own that only this drill can reach, and into a temporary directory; compares tables, views, triggers, routines, events, rows and files with the manifest; asks what makes sense for the application. Nothing is left but a report. Neither the application nor its configuration has to be on this host.",
    )
    .argument("<archive>", "path of the archive, with its sidecar beside it")
    .addOption(new Option("--only <part>", "prove only this part").choices(["database", "files"]))
    .option("--directory <directory>", "work in this directory (default: `drill.directory` of the configuration)")
    .option("--report <file>", "write the report as JSON into this file (default: in `stateDir`, below drills/)")
    .addHelpText(
      "after",
      examples(
        "backup-agent drill /srv/backups/wiki01/confluence/confluence_20261123T020000Z.tar.zst",
        "notify -- backup-agent drill ARCHIVE --directory /srv/drills",
      ),
    )
    .action(handle(drill));
}

async function drill(context: CommandContext, archive: string, flags: DrillFlags): Promise<CommandResult> {
  const { loadConfig } = await import("@catapullt/core/config/load");
  const { writeReport } = await import("@catapullt/core/report/write");
  const { defaultStateDirectory } = await import("@catapullt/core/state-directory");
  const { agentConfigDescription } = await import("../config/schema.ts");
  const { createSelection } = await import("../restore/selection.ts");
  const { runDrill, usualReportFile } = await import("../drill/run.ts");
  const { renderReport } = await import("../drill/render.ts");
  const { drillRunReport } = await import("../drill/run-report.ts");
  const { failedRunReport } = await import("../run-report.ts");
  const startedAt = new Date();
  const facts = () => ({ command: "drill", host: hostname(), startedAt, endedAt: new Date() });
  const hand = (content: RunReport) => writeReport(content, context.environment, context.log);
  try {
    const { config } = await loadConfig(agentConfigDescription, {
      file: context.configFile,
      environment: context.environment,
    });
    const stateDirectory = config.stateDir ?? defaultStateDirectory(context.environment);
    const reportFile = flags.report === undefined ? undefined : resolve(flags.report);
    if (reportFile !== undefined) await requireDirectory(dirname(reportFile));
    const report = await runDrill(
      {
        archive,
        selection: createSelection({ only: flags.only, paths: [] }),
        directory: flags.directory === undefined ? config.drill.directory : resolve(flags.directory),
        reportFile: reportFile ?? usualReportFile(stateDirectory, archive),
      },
      context,
    );
    for (const { subject, message, hint } of report.findings)
      context.log.error(`${subject}: ${message}${hint === undefined ? "" : `\n${hint}`}`);
    await hand(drillRunReport(facts(), report));
    return { text: renderReport(report), json: report, exitCode: report.proven ? 0 : 1 };
  } catch (error) {
    await hand(failedRunReport(facts(), context.signal.aborted ? context.signal.reason : error));
    throw error;
  }
}

// Before hours of work whose result could not be kept.
async function requireDirectory(directory: string): Promise<void> {
  try {
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new OperationError(
      "usage-invalid",
      `--report: nothing can be written into ${directory}: ${errorMessage(cause)}`,
      {
        hint: "name a file in an existing directory in which this user may write",
        cause,
      },
    );
  }
}
