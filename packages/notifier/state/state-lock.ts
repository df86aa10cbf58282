import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { OperationError } from "@catapullt/core/errors";
import { acquireLock, type Lock } from "@catapullt/core/lock";

/** What is done under such a lock takes milliseconds; who holds it longer is stopped or hangs. */
const patience = 10_000;
const shortestPause = 5;
const longestPause = 50;

/** Does something while no other notify does anything under the same name. Waits for its turn; fails with `locked` after 10 s. */
export async function withStateLock<T>(stateDirectory: string, name: string, action: () => Promise<T>): Promise<T> {
  const lock = await waitForLock(stateDirectory, name);
  try {
    return await action();
  } finally {
    lock.release();
  }
}

/** Takes a lock for as long as it is not held by another; undefined where it is. */
export async function tryStateLock(stateDirectory: string, name: string): Promise<Lock | undefined> {
  try {
    return await acquireLock(join(stateDirectory, "locks"), `notify-${name}`);
  } catch (error) {
    if (error instanceof OperationError && error.code === "locked") return undefined;
    throw error;
  }
}

async function waitForLock(stateDirectory: string, name: string): Promise<Lock> {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const lock = await tryStateLock(stateDirectory, name);
    if (lock !== undefined) return lock;
    await delay(shortestPause + Math.random() * (longestPause - shortestPause));
  }
  return acquireLock(join(stateDirectory, "locks"), `notify-${name}`);
}
