import { expect, test } from "vitest";
import { backoff } from "./backoff.ts";

const second = 1000;

test("waits twice as long each time, up to five minutes", () => {
  const waits = Array.from({ length: 9 }, (_, attempt) => backoff(5 * second, attempt, () => 0) / second);
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test("waits at least half of that, whatever chance says", () => {
  expect(backoff(10 * second, 0, () => 1)).toBe(5 * second);
});

test("keeps a first wait that is longer, and none at all", () => {
  expect(backoff(600 * second, 3, () => 0)).toBe(600 * second);
  expect(backoff(0, 3, () => 0)).toBe(0);
});
