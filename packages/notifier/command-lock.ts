import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { acquireLock, type Lock } from "@catapullt/core/lock";
import type { Logger } from "@catapullt/core/log/logger";

/** Keeps two runs of one of notify's commands from telling the same twice. Fails with `locked`; a state directory that cannot be written is worth a warning. */
export async function lockCommand(
  command: "check" | "digest" | "spool",
  { stateDirectory, log }: { stateDirectory: string; log: Logger },
): Promise<Lock | undefined> {
  try {
    return await acquireLock(join(stateDirectory, "locks"), `notify-${command}`);
  } catch (error) {
    if (!(error instanceof OperationError && error.code === "state-unusable")) throw error;
    log.warn(`${error.message}\n${error.hint}`);
    return undefined;
  }
}
