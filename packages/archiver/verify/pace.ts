import { setTimeout as delay } from "node:timers/promises";

export type Pace = (bytes: number) => Promise<void>;

export interface PaceOptions {
  signal: AbortSignal;
  /** Milliseconds that only ever grow. */
  now?: () => number;
  wait?: (milliseconds: number) => Promise<void>;
}

/** How far the reading may fall behind and then catch up, and the shortest wait: timers are no finer. */
const slack = 100;
const shortestWait = 5;

/** Waits as long as it takes to stay below so many bytes per second. */
export function createPace(bytesPerSecond: number, { signal, ...options }: PaceOptions): Pace {
  const { now = () => performance.now(), wait = (time: number) => delay(time, undefined, { signal }) } = options;
  let freeAt = now();
  return async (bytes) => {
    const time = now();
    freeAt = Math.max(freeAt, time - slack) + (bytes / bytesPerSecond) * 1000;
    if (freeAt - time >= shortestWait) await wait(freeAt - time).catch(() => signal.throwIfAborted());
  };
}
