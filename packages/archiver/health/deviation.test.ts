import { createRandom } from "@catapullt/testkit/random";
import { expect, test } from "vitest";
import { findDeviation } from "./deviation.ts";

const limits = { compare: 20, floor: 1_000_000, shrunk: undefined, grown: undefined };
const gigabyte = 1_000_000_000;
const same = (count: number, value = gigabyte) => Array.from({ length: count }, () => value);
const seeds = Array.from({ length: 60 }, (_, seed) => seed);

/** Judges each value against those before it, as check does day by day with what the history has. */
const verdicts = (values: readonly number[], settings = limits) =>
  values.map((value, index) => findDeviation(values.slice(Math.max(0, index - 60), index), value, settings)?.kind);
const alarms = (values: readonly number[], settings = limits) =>
  verdicts(values, settings).flatMap((kind, index) => (kind === undefined ? [] : [index]));

test.each([
  ["half is lost", same(20), gigabyte / 2, { kind: "shrunk", usual: gigabyte, compared: 20 }],
  ["everything is lost", same(5), 0, { kind: "shrunk", usual: gigabyte, compared: 5 }],
  ["it is twice as large", same(20), 2 * gigabyte, { kind: "grown", usual: gigabyte, compared: 20 }],
  ["something is there that was not", same(20, 0), gigabyte, { kind: "grown", usual: 0, compared: 20 }],
  ["it is a quarter smaller", same(20), 0.75 * gigabyte, { kind: "shrunk", usual: gigabyte, compared: 20 }],
  ["it is a sixth smaller", same(20), 0.84 * gigabyte, undefined],
  ["there are four before it", same(4), 0, undefined],
  ["half of very little is lost", same(20, 1_500_000), 750_000, undefined],
])("tells of it where %s, as far as it matters", (_, earlier, value, expected) => {
  expect(findDeviation(earlier, value, limits)).toEqual(expected);
});

test("goes by limits that are set, not by learned ones", () => {
  const strict = { ...limits, shrunk: 0.1, grown: 0.1 };
  expect(findDeviation(same(20), 0.85 * gigabyte, strict)?.kind).toBe("shrunk");
  expect(findDeviation(same(20), 1.15 * gigabyte, strict)?.kind).toBe("grown");
  expect(findDeviation(same(20), 0.6 * gigabyte, { ...limits, shrunk: 0.5 })).toBeUndefined();
});

test("says nothing about growth of at most five percent a backup, or where it stops", () => {
  for (const seed of seeds) {
    const random = createRandom(seed);
    const rate = 0.05 * random();
    const values = Array.from({ length: 90 }, (_, index) => gigabyte * (1 + rate) ** Math.min(index, 60));
    expect(alarms(values), `seed ${seed}`).toEqual([]);
  }
});

test("says nothing about noise of at most ten percent, with and without growth", () => {
  for (const seed of seeds) {
    const random = createRandom(seed);
    const rate = seed % 2 === 0 ? 0 : 0.02 * random();
    const values = Array.from({ length: 90 }, (_, index) => gigabyte * (1 + rate) ** index * (0.9 + 0.2 * random()));
    expect(alarms(values), `seed ${seed}`).toEqual([]);
  }
});

test("says nothing about a double full each week, once it has seen two", () => {
  for (const seed of seeds) {
    const random = createRandom(seed);
    const rate = 0.01 * random();
    const values = Array.from(
      { length: 120 },
      (_, day) => gigabyte * (1 + rate) ** day * (0.97 + 0.06 * random()) * (day % 7 === seed % 7 ? 2 : 1),
    );
    expect(alarms(values.slice(0, 60)).length, `seed ${seed}`).toBeLessThanOrEqual(3);
    expect(
      alarms(values).filter((day) => day > 28),
      `seed ${seed}`,
    ).toEqual([]);
  }
});

test("tells of half of it lost, in growth, noise or a week's rhythm, and on the days after", () => {
  for (const seed of seeds) {
    const random = createRandom(seed);
    const rate = [0, 0.05, 0.01][seed % 3] ?? 0;
    const noise = [0.2, 0.02, 0.06][seed % 3] ?? 0;
    const weekly = seed % 3 === 2 ? 2 : 1;
    const days = rate === 0.05 ? 3 : 8; // at five percent a day, the rest has soon grown back
    const lossAt = 40 + (seed % 20);
    const values = Array.from({ length: lossAt + days }, (_, day) => {
      const size = gigabyte * (1 + rate) ** day * (1 - noise / 2 + noise * random());
      return size * (day % 7 === 0 ? weekly : 1) * (day >= lossAt ? 0.5 : 1);
    });
    const missed = verdicts(values).flatMap((kind, day) =>
      day >= lossAt && kind !== "shrunk" && (weekly === 1 || day % 7 !== 0) ? [day - lossAt] : [],
    );
    expect(missed, `seed ${seed}`).toEqual([]);
  }
});

test("takes a loss for what is usual once half of the compared ones have it", () => {
  expect(alarms([...same(30), ...same(30, gigabyte / 2)])).toEqual([30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
  expect(alarms([...same(30), ...same(30, 2 * gigabyte)], { ...limits, compare: 10 })).toEqual([30, 31, 32, 33, 34]);
});

test("takes a loss that has lasted for one, not for precedents of itself", () => {
  expect(alarms([...same(30), ...same(3, gigabyte / 2), ...same(5), gigabyte / 2])).toContain(38);
});
