import { formatDuration } from "@catapullt/core/units";
import { formatMomentWithDay } from "../message/figures.ts";
import type { Message } from "../message/message.ts";
import type { SpoolEntry } from "./entry.ts";

/** What is sent sooner is not late, in milliseconds. */
const tolerated = 60_000;
const firstRest = 15 * 60_000;
const longestRest = 6 * 3_600_000;
const patientTries = 5;
/** So often something must have failed before its age can end it: a clock that was wrong alone never does. */
const leastTries = 3;

/** What a message says that comes long after what it tells of. */
export function describeLateness({ time }: Pick<Message, "time">, now: Date): string[] {
  const age = now.getTime() - time.getTime();
  if (age < tolerated) return [];
  return [`Sent late: this happened at ${formatMomentWithDay(time)}, ${formatDuration(age)} ago.`];
}

/** True for one that was refused a short while ago: asking again at every run would only annoy the other side. */
export function isResting({ lastFailure, tries }: Pick<SpoolEntry, "lastFailure" | "tries">, now: Date): boolean {
  if (lastFailure === undefined || lastFailure.isTransient) return false;
  const elapsed = now.getTime() - lastFailure.at.getTime();
  return elapsed >= 0 && elapsed < Math.min(firstRest * 2 ** (tries - 1), longestRest);
}

/** Until when the other side asked for no more messages; undefined where that is over, or it did not. */
export function findPauseEnd({ lastFailure }: Pick<SpoolEntry, "lastFailure">, now: Date): Date | undefined {
  const { at, retryAt } = lastFailure ?? {};
  // A clock that went back says nothing of how long it was.
  return at !== undefined && retryAt !== undefined && at <= now && now < retryAt ? retryAt : undefined;
}

/** When to try again what the other side asked to put off by so many milliseconds: news does not wait for days. */
export function pauseUntil(retryAfter: number | undefined, now: Date): Date | undefined {
  return retryAfter === undefined ? undefined : new Date(now.getTime() + Math.min(retryAfter, longestRest));
}

/** In the order in which they are tried: oldest first, but for those that stood in the way of the others for long. */
export function orderEntries<T extends { name: string; entry: SpoolEntry }>(entries: readonly T[]): T[] {
  const rank = ({ entry }: T) => Math.floor(entry.tries / patientTries);
  return [...entries].sort((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1));
}

export function isTooOld(
  { queuedAt }: Pick<SpoolEntry, "queuedAt">,
  { now, keep }: { now: Date; keep: number },
): boolean {
  return now.getTime() - queuedAt.getTime() > keep;
}

/** Whether a transport has failed often enough for old messages to be given up. */
export function hasFailedForLong({ tries }: Pick<SpoolEntry, "tries">): boolean {
  return tries >= leastTries;
}
