import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";

export function registerPruneCommand(program: Command, handle: Handle): void {
  program
    .command("prune")
    .summary("remove old archives from the work directory")
    .description(
      "Removes the finished archives of one application that no rule of `retention` keeps, never the newest one; prints each with its reasons. An empty policy removes nothing.",
    )
    .argument("<application>", "a configured application, or a type that stands at its vendor's default paths")
    .option("--dry-run", "show what would go and remove nothing")
    .addHelpText("after", examples("backup-agent prune confluence --dry-run"))
    .action(
      handle(async ({ configFile: file, ...context }, name: string, { dryRun = false }: { dryRun?: boolean }) => {
        const { loadConfig } = await import("@catapullt/core/config/load");
        const { resolveApplication } = await import("../config/resolve.ts");
        const { agentConfigDescription } = await import("../config/schema.ts");
        const { renderPrune } = await import("../prune/render.ts");
        const { runPrune } = await import("../prune/run.ts");
        const { config } = await loadConfig(agentConfigDescription, { file, environment: context.environment });
        const application = resolveApplication(config, name);
        const plan = await runPrune({ application, config, dryRun }, { configFile: file, ...context });
        return {
          text: renderPrune(plan),
          json: plan.decisions,
        };
      }),
    );
}
