import { setTimeout as delay } from "node:timers/promises";

/** Returns once something is so; fails after a minute. */
export async function waitFor(condition: () => boolean): Promise<void> {
  const limit = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error("it did not come so far");
    await delay(20);
  }
}
