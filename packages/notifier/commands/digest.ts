import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";
import type { DigestOptions } from "../digest/digest.ts";

export function registerDigestCommand(program: Command, handle: Handle): void {
  program
    .command("digest")
    .summary("send one summary of all jobs since the last one")
    .description(
      "Sends how all jobs stand and what they did since the last summary, through every transport that takes summaries (`digest`). With " +
        "`digest: { archiver: true }` also what `archiver check` says. Ends with 1 if a transport could not be given it.",
    )
    .option("--since <duration>", "tell of this time, such as 7d (default: since the last one, 24h for the first)")
    .option("--dry-run", "print it, and send nothing")
    .addHelpText("after", examples("notify digest --dry-run", "notify digest --since 7d"))
    .action(
      handle(async (context, options: DigestOptions) => {
        const { digest } = await import("../digest/digest.ts");
        return digest(context, options);
      }),
    );
}
