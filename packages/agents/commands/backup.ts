import { hostname } from "node:os";
import type { CommandContext, Handle } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import type { RunReport } from "@catapullt/core/report/schema";
import type { Command } from "commander";

export function registerBackupCommand(program: Command, handle: Handle): void {
  program
    .command("backup", { isDefault: true })
    .summary("back up one application (the default command)")
    .description("Dumps the databases, copies the files and writes one archive with its SHA1 sidecar.")
    .argument("<application>", "a configured application, or a type that stands at its vendor's default paths")
    .addHelpText("after", "\nExamples:\n  backup-agent confluence\n  notify -- backup-agent confluence")
    .action(handle(backUpAndReport));
}

/** Whatever happens, whoever wraps the agent gets a report. */
async function backUpAndReport(context: CommandContext, application: string): Promise<CommandResult> {
  const { loadConfig } = await import("@catapullt/core/config/load");
  const { writeReport } = await import("@catapullt/core/report/write");
  const { resolveApplication } = await import("../config/resolve.ts");
  const { agentConfigDescription } = await import("../config/schema.ts");
  const { runBackup } = await import("../backup/run.ts");
  const { successReport } = await import("../backup/report.ts");
  const { failedRunReport } = await import("../run-report.ts");
  const startedAt = new Date();
  const facts = () => ({ command: "backup", host: hostname(), application, startedAt, endedAt: new Date() });
  const report = (content: RunReport) => writeReport(content, context.environment, context.log);
  try {
    const { config } = await loadConfig(agentConfigDescription, {
      file: context.configFile,
      environment: context.environment,
    });
    const { archive, manifest } = await runBackup(resolveApplication(config, application), config, context);
    await report(successReport(facts(), archive, manifest));
    return {
      text: `${archive.path}\n`,
      json: { archive, manifest },
    };
  } catch (error) {
    await report(failedRunReport(facts(), context.signal.aborted ? context.signal.reason : error));
    throw error;
  }
}
