import { setTimeout as delay } from "node:timers/promises";
import { groupLives, signalGroup } from "./signal-group.ts";

export interface TimeLimit {
  /** For when the command itself has ended. After a timeout it waits for the rest of its group; true says there was one. */
  settle(): Promise<boolean>;
}

const grace = 5_000;
/** What even SIGKILL does not end, such as a process that waits for a dead disk, is not waited for. */
const patience = grace + 1_000;
const pollInterval = 20;

/** Ends a process group after `milliseconds`: SIGTERM, and SIGKILL five seconds later. Undefined means no limit. */
export function limitTime(processId: number, milliseconds: number | undefined): TimeLimit {
  let endedAt: number | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  const timer = milliseconds === undefined ? undefined : setTimeout(end, milliseconds);

  function end(): void {
    endedAt = performance.now();
    signalGroup(processId, "SIGTERM");
    signalGroup(processId, "SIGCONT"); // a stopped process would not notice
    killTimer = setTimeout(() => signalGroup(processId, "SIGKILL"), grace);
  }

  return {
    async settle() {
      clearTimeout(timer);
      if (endedAt === undefined) return false;
      while (groupLives(processId) && performance.now() - endedAt < patience) await delay(pollInterval);
      clearTimeout(killTimer);
      return true;
    },
  };
}
