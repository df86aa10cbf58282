import { readdir } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { hasErrorCode } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { describeOutcome, run } from "@catapullt/core/process/run";

/**
 * Gives this process the lowest CPU priority and, with util-linux' `ionice`, I/O only while nobody else wants any. For good:
 * a user may not take it back. Where that does not work it is said in the log, and nothing more.
 */
export async function lowerPriority(log: Logger): Promise<void> {
  // On Linux both belong to a thread, and the threads that read files exist already.
  const threads = await listThreads();
  for (const thread of threads) lowerThread(thread, log);
  if (threads.length === 0) return;
  const ionice = await run("ionice", ["-c", "3", "-p", ...threads.map(String)]);
  if (ionice.exitCode !== 0)
    log.debug(`reads at the usual I/O priority: ionice: ${describeOutcome(ionice)} ${ionice.errorOutput.trim()}`);
}

function lowerThread(thread: number, log: Logger): void {
  try {
    setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch (error) {
    log.debug(`thread ${thread} keeps its CPU priority: ${error}`);
  }
}

async function listThreads(): Promise<number[]> {
  try {
    return (await readdir("/proc/self/task")).map(Number);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "EACCES")) return [];
    throw error;
  }
}
