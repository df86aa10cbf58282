import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";

export function registerInspectCommand(program: Command, handle: Handle): void {
  program
    .command("inspect")
    .summary("show what an archive holds")
    .description("Prints the version and the manifest of an archive, and its members with --files.")
    .argument("<archive>", "path of the archive")
    .option("--files", "list every member too")
    .addHelpText("after", examples("backup-agent inspect ARCHIVE", "backup-agent inspect ARCHIVE --files"))
    .action(
      handle(async ({ signal }, archive: string, options: { files?: boolean }) => {
        const { inspectArchive } = await import("../inspect/run.ts");
        const { renderInspection } = await import("../inspect/render.ts");
        const inspection = await inspectArchive(archive, { files: options.files === true, signal });
        return { text: renderInspection(inspection), json: inspection };
      }),
    );
}
