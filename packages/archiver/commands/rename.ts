import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";

export function registerRenameCommand(program: Command, handle: Handle): void {
  program
    .command("rename")
    .summary("give a host another name in the vault")
    .description(
      "Moves what the vault holds of a host to another name, together with all that is known of it: verification, proofs, history. " +
        "Rename the host in the configuration first. Where the new name has archives already, both are joined; nothing is replaced.",
    )
    .argument("<old>", "the name that the host has in the vault")
    .argument("<new>", "the name that it has in the configuration now")
    .addHelpText("after", examples("archiver rename wiki01 wiki02"))
    .action(
      handle(async (context, from: string, to: string) => {
        const { rename } = await import("../rename/rename.ts");
        return rename(context, from, to);
      }),
    );
}
