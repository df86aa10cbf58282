import { OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { describeOutcome, run } from "@catapullt/core/process/run";

/** A command of the administrator's: an argument list, or a line for the shell. */
export type Hook = string | readonly string[];

export interface HookContext {
  environment: NodeJS.ProcessEnv;
  log: Logger;
  signal?: AbortSignal | undefined;
}

/** Runs the commands one after the other; the first that fails ends it with `hook-failed`. */
export async function runHooks(hooks: readonly Hook[], stage: "before" | "after", context: HookContext): Promise<void> {
  for (const hook of hooks) {
    const [command = "", ...args] = typeof hook === "string" ? ["/bin/sh", "-c", hook] : hook;
    const shown = typeof hook === "string" ? hook : hook.join(" ");
    context.log.info(`running the ${stage} hook: ${shown}`);
    const finished = await run(command, args, { environment: context.environment, signal: context.signal });
    const said = `${finished.output.toString("utf8")}${finished.errorOutput}`.trim();
    if (said !== "") context.log.info(said);
    if (finished.exitCode === 0) continue;
    throw new OperationError("hook-failed", `the ${stage} hook failed (${describeOutcome(finished)}): ${shown}`, {
      hint: "run it by hand as the same user; `hooks` in the agent's configuration names it",
    });
  }
}
