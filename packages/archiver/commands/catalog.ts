import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";

export function registerCatalogCommand(program: Command, handle: Handle): void {
  const catalog = program
    .command("catalog")
    .summary("the record of what the vault holds and has held")
    .description(
      "The catalog answers `list`, `history`, `check` and `prune`. It is derived from the vault's directories and its journal, and keeps itself up to date.",
    );
  catalog
    .command("rebuild")
    .summary("make the catalog anew from the vault")
    .description(
      "Throws the catalog away and makes it anew from the journal and the archives themselves: each one is looked at, and the manifest is read of those that " +
        "the journal does not describe. Nothing is taken for verified that the journal does not say so of.",
    )
    .addHelpText("after", examples("archiver catalog rebuild"))
    .action(
      handle(async (context) => {
        const { rebuildCatalog } = await import("../catalog/rebuild.ts");
        return rebuildCatalog(context);
      }),
    );
}
