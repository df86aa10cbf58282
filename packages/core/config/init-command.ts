import type { Command } from "commander";
import { examples } from "../cli/examples.ts";

/** Adds `init` with the options that it has in every program; the caller says what it does. */
export function addInitCommand(program: Command, example: string): Command {
  return program
    .command("init")
    .summary("write a commented configuration")
    .description(
      "Writes a commented configuration from what is found on this host and from your answers, and says what to do next. Asks only on a terminal. Never overwrites without --force, and copies no secret.",
    )
    .option("--output <file>", "write this file (default: --config, else the program's file in /etc/backup-tools)")
    .option("--force", "replace a file that is there, and keep it under another name")
    .option("--yes", "ask nothing and take the defaults")
    .addHelpText("after", examples(example, `${example} --yes --output /tmp/draft.yaml`));
}
