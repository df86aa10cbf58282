import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";
import type { ListOptions } from "../list/list.ts";

export function registerListCommand(program: Command, handle: Handle): void {
  program
    .command("list")
    .summary("show what the vault holds")
    .description(
      "Lists the archives in the vault, newest first: time, version, size, when verified, when proven by a restore.",
    )
    .argument("[host...]", "hosts whose archives are listed (default: all)")
    .option("--application <name>", "only archives of this application")
    .addHelpText("after", examples("archiver list", "archiver list wiki01 --application confluence --json"))
    .action(
      handle(async (context, hosts: string[], options: ListOptions) => {
        const { list } = await import("../list/list.ts");
        return list(context, hosts, options);
      }),
    );
}
