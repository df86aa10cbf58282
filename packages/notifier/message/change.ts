import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { RecordedRun } from "../state/job-record.ts";
import { formatMoment } from "./figures.ts";

/** How a run's size differs from that of the last run before it that had one. */
export interface SizeChange {
  previousBytes: number;
  /** When that run began, as ISO 8601 in UTC. */
  previousTime: string;
  /** Bytes, below zero where it became less. */
  difference: number;
  /** Of the earlier size; undefined where that is 0. */
  percent: number | undefined;
  /** False where runs without a size came between. */
  isLastRun: boolean;
}

/** Undefined where no earlier run had a size. */
export function findSizeChange(bytes: number, recent: readonly RecordedRun[]): SizeChange | undefined {
  const previous = recent.findLast((run) => run.bytes !== undefined);
  if (previous?.bytes === undefined) return undefined;
  const difference = bytes - previous.bytes;
  return {
    previousBytes: previous.bytes,
    previousTime: previous.startedAt.toISOString(),
    difference,
    percent: previous.bytes === 0 ? undefined : Number(((difference / previous.bytes) * 100).toFixed(1)),
    isLastRun: previous === recent.at(-1),
  };
}

/** `1.23 GB (+2.1 %, +26 MB against the last run)` */
export function describeSize(bytes: number, recent: readonly RecordedRun[]): string {
  const size = formatBytes(bytes);
  const change = findSizeChange(bytes, recent);
  if (change !== undefined) return `${size} (${describeChange(change)})`;
  return recent.length === 0 ? `${size} (first run)` : `${size} (no earlier run had a size)`;
}

function describeChange({ previousBytes, previousTime, difference, percent, isLastRun }: SizeChange): string {
  const which = isLastRun ? "the last run" : `the run of ${formatMoment(new Date(previousTime), "minute")}`;
  if (difference === 0) return isLastRun ? "the same as in the last run" : `the same as in ${which}`;
  if (percent === undefined) return `${which} had ${formatBytes(previousBytes)}`;
  const amount = `${difference < 0 ? "-" : "+"}${formatBytes(Math.abs(difference))}`;
  return `${formatPercent(percent, difference)}, ${amount} against ${which}`;
}

function formatPercent(percent: number, difference: number): string {
  const sign = difference < 0 ? "-" : "+";
  if (percent === 0) return `${sign}0.1 % at most`;
  const size = Math.abs(percent);
  return `${sign}${size >= 100 ? String(Math.round(size)) : size.toFixed(1)} %`;
}

/** `3 min 5 s (last: 2 min 58 s)`, compared with the last run that did not fail. */
export function describeDuration(duration: number, recent: readonly RecordedRun[]): string {
  const time = formatDuration(duration);
  const previous = recent.findLast(({ state }) => state !== "failure");
  if (previous === undefined) return time;
  const label = previous === recent.at(-1) ? "last" : "last success";
  return `${time} (${label}: ${formatDuration(previous.endedAt.getTime() - previous.startedAt.getTime())})`;
}
