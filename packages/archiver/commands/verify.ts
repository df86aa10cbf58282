import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";
import type { VerifyArguments } from "../verify/options.ts";

export function registerVerifyCommand(program: Command, handle: Handle): void {
  program
    .command("verify")
    .summary("read again what the vault holds, and prove it whole")
    .description(
      "Reads the archives in the vault from their first to their last byte, at the lowest priority: the SHA1 against the sidecar, the content against the manifest. " +
        "A damaged archive is moved to .archiver/quarantine in the vault, never deleted. The longest unverified come first.",
    )
    .argument("[host...]", "hosts whose archives are verified (default: all)")
    .option("--since <duration>", "leave out what was verified within this time, such as 30d")
    .option("--sample <part>", "verify a share of all archives, such as 4%, or so many, such as 10")
    .option("--rate <size>", "read at most so many bytes per second, such as 50MB")
    .addHelpText("after", examples("archiver verify wiki01", "notify -- archiver verify --sample 4% --rate 80MB"))
    .action(
      handle(async (context, hosts: string[], options: VerifyArguments) => {
        const { verify } = await import("../verify/verify.ts");
        return verify(context, hosts, options);
      }),
    );
}
