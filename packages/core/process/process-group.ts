import { hasErrorCode } from "../errors.ts";

const liveGroups = new Set<number>();

/** Remembers a process group, so that it is ended when this process exits; returns how to forget it. */
export function trackProcessGroup(processId: number): () => void {
  if (liveGroups.size === 0) process.on("exit", endLiveGroups);
  liveGroups.add(processId);
  return () => {
    liveGroups.delete(processId);
    if (liveGroups.size === 0) process.off("exit", endLiveGroups);
  };
}

/** Sends a signal to every process of a group; false when there is none left. */
export function signalProcessGroup(processId: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-processId, signal);
    return true;
  } catch (error) {
    if (hasErrorCode(error, "ESRCH")) return false;
    throw error;
  }
}

/** SIGTERM (and SIGCONT, for stopped processes) now, SIGKILL after `grace` milliseconds to what is left. */
export function endProcessGroup(processId: number, grace: number): void {
  if (!signalProcessGroup(processId, "SIGTERM")) return;
  signalProcessGroup(processId, "SIGCONT");
  setTimeout(() => signalProcessGroup(processId, "SIGKILL"), grace).unref();
}

function endLiveGroups(): void {
  for (const processId of liveGroups) signalProcessGroup(processId, "SIGKILL");
}
