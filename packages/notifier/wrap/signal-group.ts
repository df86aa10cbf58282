import { hasErrorCode } from "@catapullt/core/errors";
import { signalProcessGroup } from "@catapullt/core/process/process-group";

/** Sends a signal to a process group, as far as that is allowed: below `sudo` a command runs as another user. */
export function signalGroup(processId: number, signal: NodeJS.Signals): void {
  try {
    signalProcessGroup(processId, signal);
  } catch (error) {
    if (!hasErrorCode(error, "EPERM")) throw error;
  }
}

/** True while a process of the group exists. */
export function groupLives(processId: number): boolean {
  try {
    process.kill(-processId, 0);
    return true;
  } catch (error) {
    if (hasErrorCode(error, "ESRCH")) return false;
    if (hasErrorCode(error, "EPERM")) return true;
    throw error;
  }
}
