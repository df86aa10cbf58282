import type { Point } from "./point.ts";

/** At most about `most` points of a series by time: of each stretch the smallest and the largest, so that no outlier is lost. Pure. */
export function thinOut(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points];
  const stretch = Math.ceil(points.length / (most / 2));
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const some = points.slice(start, start + stretch).sort((one, other) => one.value - other.value);
    const ends = [some[0], some.at(-1)].filter((point) => point !== undefined);
    kept.push(...new Set(ends.sort((one, other) => one.time.getTime() - other.time.getTime())));
  }
  return kept;
}
