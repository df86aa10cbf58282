/** The middle of some numbers, the mean of both in the middle where their count is even. Pure. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("no numbers have no median");
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted.length >> 1;
  const high = sorted[upper] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[upper - 1] ?? 0) + high) / 2;
}

// Makes the median of deviations the standard deviation where numbers are normally distributed.
const normalScale = 1.4826;

/** Spread of some numbers around their median, like a standard deviation but blind to outliers. Pure. */
export function robustSpread(values: readonly number[]): number {
  const middle = median(values);
  return normalScale * median(values.map((value) => Math.abs(value - middle)));
}
