import { expect, test } from "vitest";
import { createPace } from "./pace.ts";

function clock() {
  let time = 1_000;
  const waits: number[] = [];
  return {
    waits,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    options: {
      signal: new AbortController().signal,
      now: () => time,
      async wait(milliseconds: number) {
        waits.push(milliseconds);
        time += milliseconds;
      },
    },
  };
}

test("lets so many bytes pass each second", async () => {
  const { waits, options } = clock();
  const pace = createPace(1_000_000, options);
  for (let piece = 0; piece < 40; piece += 1) await pace(250_000);
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(10_000);
});

test("gathers waits that are too short for a timer", async () => {
  const { waits, options } = clock();
  const pace = createPace(1_000_000_000, options);
  for (let piece = 0; piece < 1_000; piece += 1) await pace(1_000_000);
  expect(waits.every((wait) => wait >= 5)).toBe(true);
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThanOrEqual(995);
});

test("does not wait where the disk is slower, and does not make up for more than a moment", async () => {
  const { waits, pass, options } = clock();
  const pace = createPace(1_000_000, options);
  pass(60_000);
  await pace(100_000);
  expect(waits).toEqual([]);
  await pace(1_000_000);
  expect(waits).toEqual([1_000]);
});

test("stops waiting where the run is ended", async () => {
  const stop = new AbortController();
  const pace = createPace(1_000, { signal: stop.signal });
  const waiting = pace(1_000_000);
  stop.abort(new Error("ended"));
  await expect(waiting).rejects.toThrow("ended");
});
