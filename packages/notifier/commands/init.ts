import type { Handle } from "@catapullt/core/cli/program";
import type { InitFlags } from "@catapullt/core/config/init";
import { addInitCommand } from "@catapullt/core/config/init-command";
import type { Command } from "commander";

export function registerInitCommand(program: Command, handle: Handle): void {
  addInitCommand(program, "notify init").action(
    handle(async (context, flags: InitFlags) => {
      const { initConfig } = await import("@catapullt/core/config/init");
      const { notifyConfigDescription } = await import("../config.ts");
      const { proposeConfig } = await import("../propose-config.ts");
      return initConfig(notifyConfigDescription, {
        context,
        flags,
        propose: (questions) => proposeConfig(questions, context.environment),
      });
    }),
  );
}
