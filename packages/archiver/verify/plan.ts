import type { KnownArchive } from "../catalog/catalog.ts";
import type { Sample } from "./options.ts";

export interface VerifyFacts {
  held: readonly KnownArchive[];
  now: Date;
  /** Milliseconds. */
  since: number | undefined;
  sample: Sample | undefined;
  /** From 0 to 1, as `Math.random`. */
  random: () => number;
}

/**
 * The archives that are to be verified: the longest unverified first, those never verified before all others, and in random
 * order where nothing tells them apart. A share is one of all archives, so that `--sample 4%` each day comes round in 25 days.
 */
export function planVerify({ held, now, since, sample, random }: VerifyFacts): KnownArchive[] {
  const due = held
    .map((archive) => ({ archive, age: ageOf(archive.verifiedAt, now), lot: random() }))
    .filter(({ age }) => since === undefined || age >= since)
    .sort((one, other) => compare(other.age, one.age) || compare(one.lot, other.lot))
    .map(({ archive }) => archive);
  return due.slice(0, sizeOf(sample, held.length));
}

// A time in the future comes from a clock that was wrong: nothing is known then.
function ageOf(verifiedAt: string | undefined, now: Date): number {
  if (verifiedAt === undefined) return Number.POSITIVE_INFINITY;
  const age = now.getTime() - Date.parse(verifiedAt);
  return age < 0 ? Number.POSITIVE_INFINITY : age;
}

function compare(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function sizeOf(sample: Sample | undefined, all: number): number {
  if (sample === undefined) return all;
  return "count" in sample ? sample.count : Math.ceil((all * sample.percent) / 100);
}
