import { formatDuration } from "../units.ts";
import { periods } from "./periods.ts";
import { createLocalTime, type LocalTime } from "./time-zone.ts";

/** How many archives, or periods with one, each rule keeps. Absent and 0 are the same. */
export interface RetentionPolicy {
  last?: number | undefined;
  hourly?: number | undefined;
  daily?: number | undefined;
  weekly?: number | undefined;
  monthly?: number | undefined;
  yearly?: number | undefined;
  /** Milliseconds, counted back from the newest archive. */
  within?: number | undefined;
}

export interface RetentionArchive {
  name: string;
  time: Date;
  /** False where nobody has compared it with its SHA1 yet; absent where that is not kept track of. */
  verified?: boolean | undefined;
}

export interface RetentionContext {
  /** Archives after this moment are dated in the future. */
  now: Date;
  /** IANA name of the zone whose hours, days, weeks, months and years count. */
  timeZone: string;
  /** The application's expected backup is overdue: nothing of it is removed. */
  overdue?: boolean | undefined;
}

export interface RetentionDecision<Archive> {
  archive: Archive;
  /** Every reason, in words. */
  reasons: string[];
}

export interface RetentionPlan<Archive> {
  /** Newest first, as all three lists. */
  keep: RetentionDecision<Archive>[];
  remove: RetentionDecision<Archive>[];
  /** Dated in the future: neither counted nor removed, and to be reported. */
  ignored: RetentionDecision<Archive>[];
}

/** Why the one archive stays that no rule can take away. */
export const newestGoodReason = "newest good archive";

/**
 * Decides which archives of one application stay. Pure: it removes nothing and leaves its arguments alone.
 *
 * As in restic's `forget`, each rule keeps the newest archive of each of its last n periods that have one and, while it
 * has counts left, the oldest archive; what any rule keeps stays. Archives that are not verified yet stay and are not
 * counted; the newest of the others always stays. A policy without rules removes nothing.
 */
export function applyRetention<Archive extends RetentionArchive>(
  archives: readonly Archive[],
  policy: RetentionPolicy,
  { now, timeZone, overdue = false }: RetentionContext,
): RetentionPlan<Archive> {
  const sorted = [...archives].sort(newestFirst);
  const firstPast = sorted.findIndex(({ time }) => time <= now);
  const past = firstPast === -1 ? [] : sorted.slice(firstPast);
  const future = firstPast === -1 ? sorted : sorted.slice(0, firstPast);

  const counted = past.filter(({ verified }) => verified !== false);
  const reasons = new Map<Archive, string[]>(past.map((archive) => [archive, []]));
  const keep = (archive: Archive | undefined, reason: string) => archive && reasons.get(archive)?.push(reason);
  keep(counted[0], newestGoodReason);
  for (const archive of past) if (archive.verified === false) keep(archive, "not verified yet");
  if (overdue) for (const archive of past) keep(archive, "nothing is removed while a backup is overdue");
  if (isEmptyPolicy(policy)) for (const archive of past) keep(archive, "the policy has no rules");
  applyCounts(counted, policy, { localTime: createLocalTime(timeZone), keep });

  const decisions = past.map((archive) => ({ archive, reasons: reasons.get(archive) ?? [] }));
  return {
    keep: decisions.filter((decision) => decision.reasons.length > 0),
    remove: decisions
      .filter((decision) => decision.reasons.length === 0)
      .map(({ archive }) => ({ archive, reasons: ["no rule keeps it"] })),
    ignored: future.map((archive) => ({ archive, reasons: ["dated in the future"] })),
  };
}

/** Whether a policy has no rule at all, or only rules that keep nothing: it then removes nothing. */
export function isEmptyPolicy(policy: RetentionPolicy): boolean {
  return Object.values(policy).every((value) => !value);
}

interface Counting<Archive> {
  localTime: LocalTime;
  keep: (archive: Archive | undefined, reason: string) => void;
}

function applyCounts<Archive extends RetentionArchive>(
  newestToOldest: readonly Archive[],
  policy: RetentionPolicy,
  { localTime, keep }: Counting<Archive>,
): void {
  const [newest] = newestToOldest;
  if (newest === undefined) return;
  const { last = 0, within = 0 } = policy;
  for (const archive of newestToOldest.slice(0, last)) keep(archive, "last");
  const oldestWithin = newest.time.getTime() - within;
  for (const archive of newestToOldest) {
    if (archive.time.getTime() <= oldestWithin) break;
    keep(archive, `within ${formatDuration(within)}`);
  }
  const locals = newestToOldest.map(({ time }) => localTime(time));
  for (const period of periods) {
    let left = policy[period.rule] ?? 0;
    let previous: number | undefined;
    for (const [index, archive] of newestToOldest.entries()) {
      if (left === 0) break;
      const local = locals[index] ?? 0;
      const current = period.number(local);
      const isNewPeriod = current !== previous;
      if (!isNewPeriod && index < newestToOldest.length - 1) continue;
      keep(archive, isNewPeriod ? `${period.rule} ${period.label(local)}` : `oldest, by ${period.rule}`);
      previous = current;
      left -= 1;
    }
  }
}

function newestFirst(a: RetentionArchive, b: RetentionArchive): number {
  return b.time.getTime() - a.time.getTime() || (a.name < b.name ? 1 : -1);
}
