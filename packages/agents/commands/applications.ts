import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";

export function registerApplicationsCommand(program: Command, handle: Handle): void {
  program
    .command("applications")
    .summary("list the applications of this host")
    .description(
      "Lists what is configured or found on this host, where, with version and database, and what stands in the way of a backup; then what is not here, and the types known. With names: everything that is known of these, where it was found, or every place that was looked at. Connects to nothing.",
    )
    .argument("[applications...]", "configured applications, or types")
    .addHelpText("after", examples("backup-agent applications", "backup-agent applications jira"))
    .action(
      handle(async ({ configFile: file, environment, log, signal }, names: string[]) => {
        const { loadConfig } = await import("@catapullt/core/config/load");
        const { agentConfigDescription } = await import("../config/schema.ts");
        const { createHost } = await import("../applications/host.ts");
        const { collectOverview } = await import("../overview/collect.ts");
        const { renderOverview } = await import("../overview/render.ts");
        const { renderDetails } = await import("../overview/details.ts");
        const { config } = await loadConfig(agentConfigDescription, { file, environment });
        const overview = await collectOverview(config, createHost({ environment, log, signal }), names);
        return { text: names.length === 0 ? renderOverview(overview) : renderDetails(overview), json: overview };
      }),
    );
}
