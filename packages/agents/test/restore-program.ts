import { runProgram } from "@catapullt/core/cli/program";
import { registerBackupCommand } from "../commands/backup.ts";
import { registerPruneCommand } from "../commands/prune.ts";
import { registerRestoreCommand } from "../commands/restore.ts";

// The commands under test, as a process of their own.
process.exitCode = await runProgram(
  {
    name: "backup-agent",
    description: "the commands under test",
    version: "0.0.0",
    register(program, handle) {
      registerBackupCommand(program, handle);
      registerRestoreCommand(program, handle);
      registerPruneCommand(program, handle);
    },
  },
  process.argv.slice(2),
);
