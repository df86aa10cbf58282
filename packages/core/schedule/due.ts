import { parseCron } from "./cron.ts";
import type { ExpectedTimes } from "./expectation.ts";

export interface Due {
  /** A run that began no earlier than this meets the expectation. */
  since: Date;
  /** When that run was expected to begin. */
  expectedAt: Date;
}

/** A clock that goes so far wrong is put up with: a backup's time is the application host's, the schedule is read here. */
const clockTolerance = 15 * 60_000;

/** What must have run at `now`, by the moment at which it began. Undefined before a schedule's first time. Pure. */
export function findDue(
  expectation: ExpectedTimes,
  { now, timeZone }: { now: Date; timeZone: string },
): Due | undefined {
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

/** When the next run is expected to begin: after the last one by interval, after now by schedule. Undefined where nobody can tell. Pure. */
export function findNext(
  expectation: ExpectedTimes,
  { now, timeZone, last }: { now: Date; timeZone: string; last: Date | undefined },
): Date | undefined {
  const { every, schedule } = expectation;
  if (schedule !== undefined)
    return parseCron({ expression: schedule, timeZone: expectation.timeZone ?? timeZone }).next(now);
  return every === undefined || last === undefined ? undefined : new Date(last.getTime() + every);
}
