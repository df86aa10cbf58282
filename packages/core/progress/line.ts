import { formatBytes, formatDuration } from "../units.ts";

export interface ProgressFigures {
  /** What is worked on, most important first: what does not fit is left out from the end. */
  activity: readonly string[];
  /** Bytes. */
  done: number;
  /** Bytes; undefined where nobody knows. */
  total: number | undefined;
  /** Bytes per second. */
  rate: number;
  isStalled: boolean;
}

/** `wiki01  backup.tar  50.0 MB of 200 MB (25 %)  10.0 MB/s  15 s left`, in at most so many columns. */
export function progressLine({ activity, done, total, rate, isStalled }: ProgressFigures, columns: number): string {
  const figures = [amount(done, total), isStalled ? "stalled" : `${formatBytes(rate)}/s`];
  if (!isStalled && rate > 0 && total !== undefined && total > done)
    figures.push(`${formatDuration(((total - done) / rate) * 1000)} left`);
  const named = activity.filter((part) => part !== "");
  for (let kept = named.length; ; kept -= 1) {
    const line = [...named.slice(0, kept), ...figures].join("  ");
    if (line.length <= columns || kept <= 1) return line.slice(0, columns);
  }
}

function amount(done: number, total: number | undefined): string {
  if (total === undefined || total === 0) return formatBytes(done);
  return `${formatBytes(done)} of ${formatBytes(total)} (${Math.min(100, Math.floor((100 * done) / total))} %)`;
}
