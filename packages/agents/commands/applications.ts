import type { Handle } from "@catapullt/core/cli/program";
import { loadConfig } from "@catapullt/core/config/load";
import type { Command } from "commander";
import { agentConfigDescription } from "../config/schema.ts";

export function registerApplicationsCommand(program: Command, handle: Handle): void {
  program
    .command("applications")
    .summary("list the applications of this host")
    .description(
      "Lists what is configured or found on this host, where, with version and database, and what stands in the way of a backup; then the types known. Connects to nothing.",
    )
    .action(
      handle(async ({ configFile: file, environment, log, signal }) => {
        const { createHost } = await import("../applications/host.ts");
        const { collectOverview } = await import("../overview/collect.ts");
        const { renderOverview } = await import("../overview/render.ts");
        const { config } = await loadConfig(agentConfigDescription, { file, environment });
        const overview = await collectOverview(config, createHost({ environment, log, signal }));
        return { text: renderOverview(overview), json: overview };
      }),
    );
}
