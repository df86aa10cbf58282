import { median } from "@catapullt/core/statistics";

// Makes the median of deviations the standard deviation where numbers are normally distributed.
const normalScale = 1.4826;

/** Spread of some numbers around their median, like a standard deviation but blind to outliers; 0 of none. Pure. */
export function robustSpread(values: readonly number[]): number {
  const middle = median(values) ?? 0;
  return normalScale * (median(values.map((value) => Math.abs(value - middle))) ?? 0);
}
