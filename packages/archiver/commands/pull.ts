import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";
import type { PullOptions } from "../pull/pull.ts";

export function registerPullCommand(program: Command, handle: Handle): void {
  program
    .command("pull")
    .summary("fetch finished archives, store them, then remove them at the host")
    .description(
      "Fetches the finished archives of all hosts, or of those that are named, into the vault. An archive is hashed while it arrives, " +
        "compared with its sidecar and made durable; only then it is removed at the host.",
    )
    .argument("[host...]", "hosts as the configuration calls them (default: all)")
    .option("--keep-remote", "leave archives at the host after they are stored")
    .option("--dry-run", "print what would be done, and why; change nothing")
    .addHelpText("after", examples("archiver pull --dry-run", "archiver pull wiki01 git01", "notify -- archiver pull"))
    .action(
      handle(async (context, hosts: string[], options: PullOptions) => {
        const { pull } = await import("../pull/pull.ts");
        return pull(context, hosts, options);
      }),
    );
}
