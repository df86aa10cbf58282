const longest = 5 * 60_000;

/**
 * Milliseconds to wait before the attempt that follows `attempt` (0 for the first): twice as long each time, and up to half of it by
 * chance less, so that hosts which were lost together do not come back together. Pure, but for `random`.
 */
export function backoff(first: number, attempt: number, random: () => number = Math.random): number {
  const full = Math.min(first * 2 ** attempt, Math.max(first, longest));
  return Math.round(full * (1 - random() / 2));
}
