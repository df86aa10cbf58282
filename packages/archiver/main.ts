import { type Handle, type ProgramDescription, runProgram } from "@catapullt/core/cli/program";
import { registerConfigCommands } from "@catapullt/core/config/commands";
import type { Command } from "commander";
import { registerDrillCommand } from "./commands/drill.ts";
import { registerListCommand } from "./commands/list.ts";
import { registerPruneCommand } from "./commands/prune.ts";
import { registerPullCommand } from "./commands/pull.ts";
import { registerVerifyCommand } from "./commands/verify.ts";
import { programVersion } from "./version.ts";

export const archiver: ProgramDescription = {
  name: "archiver",
  description: "Pulls finished archives from all hosts into a vault.",
  version: programVersion,
  register(program: Command, handle: Handle) {
    registerPullCommand(program, handle);
    registerListCommand(program, handle);
    registerPruneCommand(program, handle);
    registerVerifyCommand(program, handle);
    registerDrillCommand(program, handle);
    registerConfigCommands(program, handle, async () => (await import("./config/schema.ts")).archiverConfigDescription);
  },
};

/** Runs `archiver` with the arguments after its name; returns the exit code. */
export function runArchiver(argv: readonly string[]): Promise<number> {
  return runProgram(archiver, argv);
}
