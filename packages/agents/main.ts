import { registerCompletionCommand } from "@catapullt/core/cli/completion";
import { type Handle, type ProgramDescription, runProgram } from "@catapullt/core/cli/program";
import { registerConfigCommands } from "@catapullt/core/config/commands";
import type { Command } from "commander";
import { registerApplicationsCommand } from "./commands/applications.ts";
import { registerBackupCommand } from "./commands/backup.ts";
import { registerDoctorCommand } from "./commands/doctor.ts";
import { registerDrillCommand } from "./commands/drill.ts";
import { registerInitCommand } from "./commands/init.ts";
import { registerInspectCommand } from "./commands/inspect.ts";
import { registerPruneCommand } from "./commands/prune.ts";
import { registerRestoreCommand } from "./commands/restore.ts";
import { registerVerifyCommand } from "./commands/verify.ts";
import { programVersion } from "./version.ts";

export const backupAgent: ProgramDescription = {
  name: "backup-agent",
  description: "Backs up one application of this host: database, files and version in one archive.",
  version: programVersion,
  examples: [
    "backup-agent applications",
    "backup-agent confluence",
    "backup-agent doctor",
    "notify -- backup-agent confluence",
  ],
  register(program: Command, handle: Handle) {
    registerBackupCommand(program, handle);
    registerApplicationsCommand(program, handle);
    registerInspectCommand(program, handle);
    registerVerifyCommand(program, handle);
    registerRestoreCommand(program, handle);
    registerDrillCommand(program, handle);
    registerPruneCommand(program, handle);
    registerDoctorCommand(program, handle);
    registerInitCommand(program, handle);
    registerCompletionCommand(program, handle);
    registerConfigCommands(program, handle, async () => (await import("./config/schema.ts")).agentConfigDescription);
  },
};

/** Runs `backup-agent` with the arguments after its name; returns the exit code. */
export function runBackupAgent(argv: readonly string[]): Promise<number> {
  return runProgram(backupAgent, argv);
}
