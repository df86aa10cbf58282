/** How fast something goes: over the last seconds, so that it follows what changes. All times in milliseconds of one clock. */
export interface Meter {
  add(amount: number, now: number): void;
  /** Per second. */
  rate(now: number): number;
  /** Nothing came for as long as the rate looks back. */
  isStalled(now: number): boolean;
}

const window = 5_000;
const slice = 250;
// What comes at once in the beginning says nothing of the rate.
const firstRate = 1_000;

export function createMeter(startedAt: number): Meter {
  let slices: { at: number; amount: number }[] = [];
  let lastAt = startedAt;
  return {
    add(amount, now) {
      lastAt = now;
      const last = slices.at(-1);
      if (last !== undefined && now - last.at < slice) last.amount += amount;
      else slices.push({ at: now, amount });
    },
    rate(now) {
      slices = slices.filter(({ at }) => now - at < window);
      const time = Math.max(firstRate, Math.min(window, now - startedAt));
      return (slices.reduce((sum, { amount }) => sum + amount, 0) / time) * 1000;
    },
    isStalled: (now) => now - lastAt >= window,
  };
}
