import { median } from "@catapullt/core/statistics";
import { formatBytes } from "@catapullt/core/units";
import type { DailyFlow } from "../catalog/catalog.ts";
import type { Finding } from "./finding.ts";

export interface SpaceFacts {
  freeBytes: number;
  /** By day, oldest first. */
  flows: readonly DailyFlow[];
  /** What the next archives of all applications will take together, if they are as large as the newest ones. */
  nextBytes: number;
  now: Date;
  /** In milliseconds: a vault that is full sooner is a finding. */
  warn: number;
}

export interface SpaceForecast {
  freeBytes: number;
  nextBytes: number;
  /** By how much the vault grows each day; null where there is too little to tell from. */
  growthPerDay: number | null;
  /** Null where it does not grow, or nobody knows. */
  daysLeft: number | null;
}

const day = 86_400_000;
/** So far back is looked, and so much there must be. */
const longestDays = 28;
const fewestDays = 7;

/** When the vault will be full if it goes on like this. Pure. */
export function forecastSpace({ freeBytes, flows, nextBytes, now }: SpaceFacts): SpaceForecast {
  const growthPerDay = findGrowth(flows, now);
  const daysLeft = growthPerDay === null || growthPerDay <= 0 ? null : Math.floor(freeBytes / growthPerDay);
  return { freeBytes, nextBytes, growthPerDay, daysLeft };
}

/**
 * Bytes that the vault grows by each day: the middle one of all weeks in the last four. So neither the day on which a large
 * host was added nor the rhythm of the week counts much. Today is left out: it is not over.
 */
function findGrowth(flows: readonly DailyFlow[], now: Date): number | null {
  const today = Math.floor(now.getTime() / day);
  const first = flows[0] && dayNumber(flows[0]);
  if (first === undefined) return null;
  const from = Math.max(first, today - longestDays);
  if (today - from < fewestDays) return null;
  const net = new Map(flows.map((flow) => [dayNumber(flow), flow.arrived - flow.left]));
  const sums = [0];
  for (let number = from; number < today; number += 1) sums.push((sums.at(-1) ?? 0) + (net.get(number) ?? 0));
  const growths = sums.slice(fewestDays).map((sum, start) => (sum - (sums[start] ?? 0)) / fewestDays);
  return Math.round(median(growths) ?? 0);
}

function dayNumber({ day: text }: DailyFlow): number {
  return Math.floor(Date.parse(`${text}T00:00:00Z`) / day);
}

/** What to tell of the space that is left. Pure. */
export function tellSpace(
  facts: SpaceFacts,
  { freeBytes, nextBytes, growthPerDay, daysLeft }: SpaceForecast,
): Finding[] {
  const tell = (message: string): Finding[] => [{ host: "", application: "", kind: "space", message }];
  const remedy = "keep fewer archives (`retention`, then archiver prune), or move the vault to a larger disk";
  const free = `${formatBytes(freeBytes)} free`;
  if (nextBytes > freeBytes)
    return tell(`the next archives take about ${formatBytes(nextBytes)} and will not fit, ${free}: ${remedy}`);
  if (daysLeft === null || growthPerDay === null || daysLeft * day >= facts.warn) return [];
  return tell(`full in ${daysLeft} days, ${free} and ${formatBytes(growthPerDay)} more each day: ${remedy}`);
}

/** `space: 1.2 TB free, 12 GB more each day: vault full in 100 days` */
export function describeSpace({ freeBytes, growthPerDay, daysLeft }: SpaceForecast): string {
  const free = `space: ${formatBytes(freeBytes)} free`;
  if (growthPerDay === null) return `${free}; how fast the vault grows is known after a week`;
  if (daysLeft === null) return `${free}, and the vault does not grow`;
  return `${free}, ${formatBytes(growthPerDay)} more each day: vault full in ${daysLeft} days`;
}
