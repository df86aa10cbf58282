import { median } from "@catapullt/core/statistics";
import { robustSpread } from "./statistics.ts";

export interface DeviationLimits {
  /** How many earlier values count. */
  compare: number;
  /** A smaller difference is none. */
  floor: number;
  /** Share of the usual value that may be lost or gained; undefined: learned. */
  shrunk: number | undefined;
  grown: number | undefined;
}

export interface Deviation {
  kind: "shrunk" | "grown";
  /** What it was usually before. */
  usual: number;
  /** How many earlier values it was compared with. */
  compared: number;
}

/** With fewer earlier values, nothing is said. */
export const fewestCompared = 5;
/** The usual value is the median of this many of the last normal ones: so it follows a trend, and outliers do not move it. */
const levelWindow = 5;
const leastShrunk = 0.2;
const leastGrown = 0.5;
/** How many times the usual spread a value must be away. */
const spreads = 4;
/** How alike, in shares of the deviation, an earlier one must be to be a precedent, and how many there must be. */
const likeness = 0.25;
const precedents = 2;

/**
 * Compares a value with those before it, oldest first. Pure.
 *
 * The values are walked through from the oldest: each is normal, and then moves the usual level, or deviates, and then does
 * not, until so many in a row have deviated that they are what is usual (half of `compare`). So a loss is told of on
 * the following days too, and steady growth is none. A deviation with precedents, such as a full backup each week, is none.
 */
export function findDeviation(
  earlier: readonly number[],
  value: number,
  limits: DeviationLimits,
): Deviation | undefined {
  if (earlier.length < fewestCompared || isInRange(earlier, value, limits)) return undefined;
  const walk = walkThrough(earlier, limits);
  const usual = median(walk.normal.slice(-levelWindow)) ?? 0;
  const kind = judge(value, usual, { limits, residuals: walk.residuals });
  if (kind === undefined || hasPrecedents(walk.runs, value, { kind, usual })) return undefined;
  return { kind, usual, compared: Math.min(earlier.length, limits.compare) };
}

// The usual value is one of the recent ones, or between two: what is near the largest and the smallest is near it.
function isInRange(earlier: readonly number[], value: number, limits: DeviationLimits): boolean {
  let [smallest, largest] = [Number.POSITIVE_INFINITY, 0];
  for (const one of earlier) {
    if (one < smallest) smallest = one;
    if (one > largest) largest = one;
  }
  const bounds = { limits, residuals: [] };
  return judge(value, largest, bounds) === undefined && judge(value, smallest, bounds) === undefined;
}

interface Run {
  kind: "shrunk" | "grown";
  values: number[];
  usual: number;
  hasEnded: boolean;
}

interface Walk {
  /** The values that were normal, oldest first. */
  normal: number[];
  /** How far each was from what was usual then, as logarithms. */
  residuals: number[];
  /** Deviating values that follow each other. */
  runs: Run[];
}

function walkThrough(values: readonly number[], limits: DeviationLimits): Walk {
  const longestRun = Math.max(fewestCompared, Math.floor(limits.compare / 2));
  const walk: Walk = { normal: values.slice(0, fewestCompared), residuals: [], runs: [] };
  for (const value of values.slice(fewestCompared)) {
    const usual = median(walk.normal.slice(-levelWindow)) ?? 0;
    const kind = judge(value, usual, { limits, residuals: walk.residuals });
    const last = walk.runs.at(-1);
    if (last !== undefined && last.kind !== kind) last.hasEnded = true;
    if (kind === undefined) {
      walk.normal.push(value);
      walk.residuals.push(logRatio(value, usual, limits.floor));
      continue;
    }
    const run = last?.kind === kind && !last.hasEnded ? last : { kind, values: [], usual, hasEnded: false };
    if (run !== last) walk.runs.push(run);
    run.values.push(value);
    if (run.values.length < longestRun) continue;
    walk.runs.pop();
    walk.normal = run.values;
  }
  return { ...walk, normal: walk.normal.slice(-limits.compare) };
}

interface Judging {
  limits: DeviationLimits;
  residuals: readonly number[];
}

function judge(value: number, usual: number, { limits, residuals }: Judging): Deviation["kind"] | undefined {
  const { floor, compare } = limits;
  if (Math.abs(value - usual) <= floor) return undefined;
  const kind = value < usual ? "shrunk" : "grown";
  const fixed = limits[kind];
  if (fixed !== undefined) return Math.abs(value - usual) > fixed * usual ? kind : undefined;
  const least = kind === "shrunk" ? -Math.log(1 - leastShrunk) : Math.log(1 + leastGrown);
  const recent = residuals.slice(-compare);
  const learned = recent.length < fewestCompared ? 0 : spreads * robustSpread(recent);
  return Math.abs(logRatio(value, usual, floor)) > Math.max(least, learned) ? kind : undefined;
}

// In logarithms, half and double are equally far away; the floor keeps small values from being infinitely far.
function logRatio(value: number, usual: number, floor: number): number {
  const base = Math.max(floor, 1) / 10;
  return Math.log((value + base) / (usual + base));
}

// The run that reaches up to the newest value is the same deviation, not one before it.
function hasPrecedents(
  runs: readonly Run[],
  value: number,
  { kind, usual }: { kind: Deviation["kind"]; usual: number },
): boolean {
  const size = value / Math.max(usual, 1);
  const isAlike = (run: Run) =>
    run.values.some((one) => Math.abs(one / Math.max(run.usual, 1) - size) <= likeness * Math.abs(size - 1));
  return runs.filter((run) => run.hasEnded && run.kind === kind && isAlike(run)).length >= precedents;
}
