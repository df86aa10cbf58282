import type { Handle } from "@catapullt/core/cli/program";
import type { InitFlags } from "@catapullt/core/config/init";
import { addInitCommand } from "@catapullt/core/config/init-command";
import type { Command } from "commander";

export function registerInitCommand(program: Command, handle: Handle): void {
  addInitCommand(program, "backup-agent init").action(
    handle(async (context, flags: InitFlags) => {
      const { initConfig } = await import("@catapullt/core/config/init");
      const { agentConfigDescription } = await import("../config/schema.ts");
      const { proposeConfig } = await import("../config/propose.ts");
      return initConfig(agentConfigDescription, {
        context,
        flags,
        propose: (questions) => proposeConfig(questions, context),
      });
    }),
  );
}
