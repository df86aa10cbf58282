import { examples } from "@catapullt/core/cli/examples";
import type { Handle } from "@catapullt/core/cli/program";
import type { Command } from "commander";
import type { CheckOptions } from "../health/check.ts";

export function registerCheckCommand(program: Command, handle: Handle): void {
  program
    .command("check")
    .summary("is every expected backup here, fresh, verified, and of a plausible size?")
    .description(
      "Says for each application how far its backup has come (expected, ran, finished, pulled, verified, proven), which stage is missing and " +
        "why, whether sizes differ from those before, and when the vault will be full. Asks no host: it judges from the vault and what the last " +
        "pull saw. Ends with 1 if there is a finding.",
    )
    .argument("[host...]", "hosts that are looked at (default: all that are configured or that the vault holds)")
    .option("--application <name>", "only this application")
    .option(
      "--accept <host/application>",
      "instead, declare the size of its newest archive right: it is what later ones are compared with",
    )
    .addHelpText(
      "after",
      examples(
        "archiver check",
        "archiver check wiki01 --application confluence",
        "archiver check --accept wiki01/confluence",
      ),
    )
    .action(
      handle(async (context, hosts: string[], options: CheckOptions) => {
        const { check } = await import("../health/check.ts");
        return check(context, hosts, options);
      }),
    );
}
