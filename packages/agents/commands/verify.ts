import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import { formatBytes } from "@catapullt/core/units";
import type { Command } from "commander";

export function registerVerifyCommand(program: Command, handle: Handle): void {
  program
    .command("verify")
    .summary("prove that an archive is whole")
    .description(
      "Compares the archive with its sidecar, decodes every byte, holds what is in it against its manifest and looks at how each dump ends.",
    )
    .argument("<archive>", "path of the archive")
    .addHelpText(
      "after",
      examples("backup-agent verify /var/backups/backup-tools/confluence/confluence_20261123T020000Z.tar.zst"),
    )
    .action(
      handle(async (context, archive: string) => {
        const { verify } = await import("../restore/verify.ts");
        const { name, bytes, sha1, members, manifest } = await verify(archive, context);
        return {
          text: `${name} is whole: ${members} members, ${formatBytes(bytes)}, sha1 ${sha1}\n`,
          json: { name, bytes, sha1, members, application: manifest.application, version: manifest.version.after },
        };
      }),
    );
}
