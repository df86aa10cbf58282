import { registerCompletionCommand } from "@catapullt/core/cli/completion";
import { examples } from "@catapullt/core/cli/examples";
import { type Handle, type ProgramDescription, runProgram } from "@catapullt/core/cli/program";
import { registerConfigCommands } from "@catapullt/core/config/commands";
import { exitCodes } from "@catapullt/core/exit-codes";
import type { Command } from "commander";
import { type CommandLine, parseCommandLine, subcommands } from "./command-line.ts";
import { registerCheckCommand } from "./commands/check.ts";
import { registerDigestCommand } from "./commands/digest.ts";
import { registerFlushCommand } from "./commands/flush.ts";
import { registerInitCommand } from "./commands/init.ts";
import { registerPreviewCommand } from "./commands/preview.ts";
import { type RunOptions, runOptionDescriptions } from "./run/options.ts";
import { programVersion } from "./version.ts";

const ownFailure = 125;
const firstSignalCode = 129;

/** The program for one command line: what is to be run is known before commander looks at the rest. */
function describeNotify(commandLine: CommandLine): ProgramDescription {
  let commandExitCode: number | undefined;
  return {
    name: "notify",
    description:
      "Runs a command, passes its output, input and signals through, and tells what happened.\nEnds with the command's own exit code.",
    version: programVersion,
    examples: [
      "notify -- backup-agent confluence",
      "notify --name nightly-rsync --timeout 2h -- rsync -a /srv/data backup:/srv/data",
    ],
    register(program: Command, handle: Handle) {
      for (const [flags, text] of runOptionDescriptions) program.option(flags, text);
      program.usage(`[options] -- <command> [args...]\n       notify [options] <${subcommands.join("|")}>`).action(
        handle(async (context, options: RunOptions) => {
          const { runAndTell } = await import("./run/run-and-tell.ts");
          return runAndTell(context, options, {
            commandLine,
            onExitCode(exitCode) {
              commandExitCode = exitCode;
            },
          });
        }),
      );
      program
        .command("test")
        .description("send one test message through every transport")
        .addHelpText("after", examples("notify test"))
        .action(handle(async (context) => (await import("./commands/test.ts")).sendTest(context)));
      registerFlushCommand(program, handle);
      registerCheckCommand(program, handle);
      registerDigestCommand(program, handle);
      registerPreviewCommand(program, handle);
      registerInitCommand(program, handle);
      registerCompletionCommand(program, handle);
      registerConfigCommands(program, handle, async () => (await import("./config.ts")).notifyConfigDescription, {
        check: async (loaded) => (await import("./message/templates/check-config.ts")).checkTemplates(loaded),
      });
    },
    mapExitCode(exitCode) {
      if (commandLine.command === undefined) return exitCode;
      if (commandExitCode !== undefined) return commandExitCode;
      return exitCode === exitCodes.done || exitCode >= firstSignalCode ? exitCode : ownFailure;
    },
  };
}

/** The program as its documentation describes it. */
export const notify: ProgramDescription = describeNotify(parseCommandLine([]));

/** Runs `notify` with the arguments after its name; returns the exit code. */
export function runNotify(argv: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(argv);
  return runProgram(describeNotify(commandLine), commandLine.own);
}
