import { registerCompletionCommand } from "@catapullt/core/cli/completion";
import { type Handle, type ProgramDescription, runProgram } from "@catapullt/core/cli/program";
import { registerConfigCommands } from "@catapullt/core/config/commands";
import type { Command } from "commander";
import { registerCatalogCommand } from "./commands/catalog.ts";
import { registerCheckCommand } from "./commands/check.ts";
import { registerDoctorCommand } from "./commands/doctor.ts";
import { registerDrillCommand } from "./commands/drill.ts";
import { registerHistoryCommand } from "./commands/history.ts";
import { registerInitCommand } from "./commands/init.ts";
import { registerListCommand } from "./commands/list.ts";
import { registerPruneCommand } from "./commands/prune.ts";
import { registerPullCommand } from "./commands/pull.ts";
import { registerPushCommand } from "./commands/push.ts";
import { registerRenameCommand } from "./commands/rename.ts";
import { registerReportCommand } from "./commands/report.ts";
import { registerVerifyCommand } from "./commands/verify.ts";
import { programVersion } from "./version.ts";

export const archiver: ProgramDescription = {
  name: "archiver",
  description:
    "Pulls finished archives from all hosts into a vault, and tells whether every backup is there, fresh and whole.",
  version: programVersion,
  examples: ["archiver pull", "archiver list", "archiver check", "notify -- archiver pull"],
  register(program: Command, handle: Handle) {
    registerPullCommand(program, handle);
    registerPushCommand(program, handle);
    registerListCommand(program, handle);
    registerHistoryCommand(program, handle);
    registerPruneCommand(program, handle);
    registerVerifyCommand(program, handle);
    registerCheckCommand(program, handle);
    registerDoctorCommand(program, handle);
    registerDrillCommand(program, handle);
    registerReportCommand(program, handle);
    registerRenameCommand(program, handle);
    registerCatalogCommand(program, handle);
    registerInitCommand(program, handle);
    registerCompletionCommand(program, handle);
    registerConfigCommands(program, handle, async () => (await import("./config/schema.ts")).configFileDescription);
  },
};

/** Runs `archiver` with the arguments after its name; returns the exit code. */
export function runArchiver(argv: readonly string[]): Promise<number> {
  return runProgram(archiver, argv);
}
