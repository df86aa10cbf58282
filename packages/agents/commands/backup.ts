import { hostname } from "node:os";
import { examples } from "@catapullt/core/cli/examples";
import type { CommandContext, Handle } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import type { RunReport } from "@catapullt/core/report/schema";
import type { Command } from "commander";
import type { RunTrace } from "../backup/last-run.ts";

export function registerBackupCommand(program: Command, handle: Handle): void {
  program
    .command("backup", { isDefault: true })
    .summary("back up one application (the default command)")
    .description("Dumps the databases, copies the files and writes one archive with its SHA1 sidecar.")
    .argument("<application>", "a configured application, or a type that stands at its vendor's default paths")
    .addHelpText("after", examples("backup-agent confluence", "notify -- backup-agent confluence"))
    .action(handle(backUpAndReport));
}

/** Whatever happens, whoever wraps the agent gets a report, and whoever fetches the archives a trace. */
async function backUpAndReport(context: CommandContext, application: string): Promise<CommandResult> {
  const { loadConfig } = await import("@catapullt/core/config/load");
  const { writeReport } = await import("@catapullt/core/report/write");
  const { resolveApplication } = await import("../config/resolve.ts");
  const { agentConfigDescription } = await import("../config/schema.ts");
  const { runBackup } = await import("../backup/run.ts");
  const { createRunTrace } = await import("../backup/last-run.ts");
  const { successReport } = await import("../backup/report.ts");
  const { failedRunReport } = await import("../run-report.ts");
  const startedAt = new Date();
  const facts = () => ({ command: "backup", host: hostname(), application, startedAt, endedAt: new Date() });
  const report = (content: RunReport) => writeReport(content, context.environment, context.log);
  let trace: RunTrace | undefined;
  try {
    const { config } = await loadConfig(agentConfigDescription, {
      file: context.configFile,
      environment: context.environment,
    });
    trace = createRunTrace({ application, config, startedAt, log: context.log });
    const resolved = resolveApplication(config, application);
    const finished = await runBackup(resolved, config, { ...context, trace });
    await report(successReport(facts(), finished));
    const { archive, keys, manifest } = finished;
    return {
      text: [archive, keys].flatMap((written) => (written === undefined ? [] : `${written.path}\n`)).join(""),
      json: { archive, ...(keys === undefined ? {} : { keys }), manifest },
    };
  } catch (error) {
    const reason = context.signal.aborted ? context.signal.reason : error;
    if (trace?.hasBegun() === false) await trace.failed(reason);
    await report(failedRunReport(facts(), reason));
    throw error;
  }
}
