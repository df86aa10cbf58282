import { expect, test } from "vitest";
import { createMeter } from "./meter.ts";

test("tells the mean of the time so far, and then of the last seconds", () => {
  const meter = createMeter(1_000);
  meter.add(300, 2_000);
  expect(meter.rate(2_000)).toBe(300);
  for (let at = 10_000; at < 20_000; at += 100) meter.add(10, at);
  expect(meter.rate(20_000)).toBeCloseTo(100, -1);
});

test("knows that nothing comes any more", () => {
  const meter = createMeter(0);
  meter.add(5, 1_000);
  expect([meter.isStalled(5_000), meter.isStalled(6_000)]).toEqual([false, true]);
  expect(meter.rate(6_001)).toBe(0);
});

test("does not take what comes at once in the beginning for the rate", () => {
  const meter = createMeter(7);
  meter.add(100, 8);
  expect([meter.rate(7), meter.rate(8), meter.rate(2_007)]).toEqual([100, 100, 50]);
});
