import { parseCron } from "@catapullt/core/schedule/cron";
import type { Expectation } from "../config/expectation.ts";

export interface Due {
  /** A backup that is not older than this meets the expectation. */
  since: Date;
  /** When that backup was expected to begin. */
  expectedAt: Date;
}

/** A clock that goes so far wrong is put up with: the backup's time is the application host's, the schedule is read here. */
const clockTolerance = 15 * 60_000;

/**
 * What must be in the vault at `now`, by the moment at which its backup began. Undefined before a schedule's first time.
 * Pure.
 */
export function findDue(expectation: Expectation, { now, timeZone }: { now: Date; timeZone: string }): Due | undefined {
  const { every, schedule, grace } = expectation;
  if (schedule === undefined) {
    const since = new Date(now.getTime() - (every ?? 0) - grace);
    return { since, expectedAt: since };
  }
  const cron = parseCron({ expression: schedule, timeZone: expectation.timeZone ?? timeZone });
  const expectedAt = cron.previous(new Date(now.getTime() - grace));
  if (expectedAt === undefined) return undefined;
  const before = cron.previous(new Date(expectedAt.getTime() - 1000));
  const distance = before === undefined ? Number.POSITIVE_INFINITY : expectedAt.getTime() - before.getTime();
  return { since: new Date(expectedAt.getTime() - Math.min(clockTolerance, distance / 2)), expectedAt };
}
