import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";

export function registerApplicationsCommand(program: Command, handle: Handle): void {
  program
    .command("applications")
    .summary("list the applications of this host")
    .description(
      "Lists what is configured or found on this host, where, with version and database, and what stands in the way of a backup; then the types known. Connects to nothing.",
    )
    .action(
      handle(async ({ configFile: file, environment, log, signal }) => {
        const { loadConfig } = await import("@catapullt/core/config/load");
        const { agentConfigDescription } = await import("../config/schema.ts");
        const { createHost } = await import("../applications/host.ts");
        const { collectOverview } = await import("../overview/collect.ts");
        const { renderOverview } = await import("../overview/render.ts");
        const { config } = await loadConfig(agentConfigDescription, { file, environment });
        const overview = await collectOverview(config, createHost({ environment, log, signal }));
        return { text: renderOverview(overview), json: overview };
      }),
    );
}
