import { setTimeout as delay } from "node:timers/promises";
import { groupLives, signalGroup } from "./signal-group.ts";

export interface TimeLimit {
  /** For when the command itself has ended. After a timeout it waits for the rest of its group; true says there was one. */
  settle(): Promise<boolean>;
}

/** What even SIGKILL does not end, such as a process that waits for a dead disk, is waited for this long after it. */
const patience = 1_000;
const pollInterval = 20;

export interface TimeLimitOptions {
  /** Milliseconds after which the group gets SIGTERM; undefined means no limit. */
  timeout: number | undefined;
  /** Milliseconds after that until it gets SIGKILL. */
  killAfter: number;
}

/** Ends a process group after some time. */
export function limitTime(processId: number, { timeout, killAfter }: TimeLimitOptions): TimeLimit {
  let endedAt: number | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  const timer = timeout === undefined ? undefined : setTimeout(end, timeout);

  function end(): void {
    endedAt = performance.now();
    signalGroup(processId, "SIGTERM");
    signalGroup(processId, "SIGCONT"); // a stopped process would not notice
    killTimer = setTimeout(() => signalGroup(processId, "SIGKILL"), killAfter);
  }

  return {
    async settle() {
      clearTimeout(timer);
      if (endedAt === undefined) return false;
      while (groupLives(processId) && performance.now() - endedAt < killAfter + patience) await delay(pollInterval);
      clearTimeout(killTimer);
      return true;
    },
  };
}
