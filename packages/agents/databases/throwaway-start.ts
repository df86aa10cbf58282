import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import type { Guard, ServerLimits } from "@catapullt/core/process/guard";

/** What a throwaway server may take of its host: room for a row of 1 GiB, which is there three times while it is loaded. */
export const throwawayLimits: ServerLimits = { addressSpace: 8 * 1024 ** 3, niceness: 10 };

export interface StartingServer {
  guard: Guard;
  /** The file that it prints into. */
  log: string;
  /** Asks it something; throws until it answers. */
  ask: () => Promise<unknown>;
  /** What it prints when it will never answer. */
  lost: RegExp;
}

const startLimit = 120_000;
const pause = 100;

/** Waits until a throwaway server answers. Throws `drill-failed`, with what it printed, if it does not. */
export async function waitForThrowaway({ guard, log, ask, lost }: StartingServer, signal: AbortSignal): Promise<void> {
  const limit = performance.now() + startLimit;
  let hasEnded = false;
  guard.ended.then(() => {
    hasEnded = true;
  });
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OperationError && error.code === "tool-missing") throw error;
      const printed = await readFile(log, "utf8").catch(() => "");
      if (hasEnded || lost.test(printed) || performance.now() > limit) {
        throw new OperationError(
          "drill-failed",
          `the throwaway server did not start (${errorMessage(error)}); it printed:\n${printed.slice(-2000).trimEnd()}`,
          { hint: "is there room in the drill's directory, and may this user start a server there?", cause: error },
        );
      }
      await delay(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
