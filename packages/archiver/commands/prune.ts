import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";
import type { PruneOptions } from "../prune/prune.ts";

export function registerPruneCommand(program: Command, handle: Handle): void {
  program
    .command("prune")
    .summary("remove archives that the retention no longer keeps")
    .description(
      "Removes the archives that no rule of `retention` keeps from the vault, never the newest good one of an application, one that is not " +
        "verified yet, or anything while a backup is overdue. Each removal is recorded first. An empty policy removes nothing.",
    )
    .argument(
      "[host...]",
      "hosts whose archives are looked at, also such as are not configured any more (default: all configured)",
    )
    .option("--dry-run", "print what would be kept and removed, and why; change nothing")
    .addHelpText("after", examples("archiver prune --dry-run", "notify -- archiver prune"))
    .action(
      handle(async (context, hosts: string[], options: PruneOptions) => {
        const { prune } = await import("../prune/prune.ts");
        return prune(context, hosts, options);
      }),
    );
}
