import type { Handle } from "@catapullt/core/cli/program";
import { createProgress } from "@catapullt/core/progress";
import { formatBytes } from "@catapullt/core/units";
import type { Command } from "commander";

export function registerVerifyCommand(program: Command, handle: Handle): void {
  program
    .command("verify")
    .summary("prove that an archive is whole")
    .description(
      "Compares the archive with its sidecar, decodes every byte and holds what is in it against its manifest.",
    )
    .argument("<archive>", "path of the archive")
    .action(
      handle(async ({ terminal, signal }, archive: string) => {
        const { verifyArchive } = await import("@catapullt/core/archive/verify");
        const progress = createProgress(terminal);
        progress.describe("verifying");
        const verified = await verifyArchive(archive, { signal, onProgress: progress.advance });
        progress.end();
        const { name, bytes, sha1, members, manifest } = verified;
        return {
          text: `${name} is whole: ${members} members, ${formatBytes(bytes)}, sha1 ${sha1}\n`,
          json: { name, bytes, sha1, members, application: manifest.application, version: manifest.version.after },
        };
      }),
    );
}
