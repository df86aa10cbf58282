import { OperationError } from "@catapullt/core/errors";
import type { Remote } from "../remote/remote.ts";

export interface ClockReading {
  /** Seconds that the host's clock is ahead of this one; negative: behind. */
  offset: number;
  /** ISO 8601 in UTC. */
  measuredAt: string;
}

export interface ChangeTimes {
  /** The directory's time as the host states it, before and after a change; seconds since 1970. */
  before: number | undefined;
  after: number | undefined;
  /** This clock's readings around the last change, in milliseconds since 1970. */
  begun: number;
  ended: number;
}

/**
 * Removes files from an application's directory, which gives the directory the host's time of that moment, and reads the
 * host's clock from there. Nothing else is written at the host. Fails only where a removal does.
 */
export async function measureClock(
  remote: Pick<Remote, "modifiedAt">,
  application: string,
  removals: readonly (() => Promise<void>)[],
): Promise<ClockReading | undefined> {
  const before = await modifiedAt(remote, application);
  let begun = Date.now();
  for (const remove of removals) {
    begun = Date.now();
    await remove();
  }
  const after = await modifiedAt(remote, application);
  return readClock({ before, after, begun, ended: Date.now() });
}

/**
 * The host's time is only known to the second, and taken for the middle of that second. Undefined where the directory's time
 * did not change: either nothing was there to be removed, or the host keeps no such times. Pure.
 */
export function readClock({ before, after, begun, ended }: ChangeTimes): ClockReading | undefined {
  if (before === undefined || after === undefined || before === after || ended < begun) return undefined;
  const offset = after + 0.5 - (begun + ended) / 2000;
  if (!Number.isFinite(offset)) return undefined;
  return { offset: Number(offset.toFixed(1)), measuredAt: new Date(ended).toISOString() };
}

async function modifiedAt(remote: Pick<Remote, "modifiedAt">, application: string): Promise<number | undefined> {
  try {
    return await remote.modifiedAt(application);
  } catch (error) {
    if (error instanceof OperationError) return undefined; // whatever it is, it is no reason to leave an archive there
    throw error;
  }
}
