import { expect, test } from "vitest";
import { describeSpace, forecastSpace, type SpaceFacts, tellSpace } from "./space.ts";

const now = new Date("2026-11-24T08:00:00Z");
const gigabyte = 1_000_000_000;

/** Days up to yesterday, oldest first. */
const flows = (net: readonly number[]) =>
  net.map((bytes, index) => ({
    day: new Date(Date.UTC(2026, 10, 24 - net.length + index)).toISOString().slice(0, 10),
    arrived: Math.max(0, bytes),
    left: Math.max(0, -bytes),
  }));
const facts = (changes: Partial<SpaceFacts>): SpaceFacts => ({
  freeBytes: 190 * gigabyte,
  flows: [],
  nextBytes: gigabyte,
  now,
  warn: 14 * 86_400_000,
  ...changes,
});
const forecast = (changes: Partial<SpaceFacts>) => forecastSpace(facts(changes));
const days = (count: number, bytes: number) => Array.from({ length: count }, () => bytes);

test("says when the vault is full, as it has grown lately", () => {
  const found = forecast({ flows: flows(days(20, 10 * gigabyte)) });
  expect(found).toMatchObject({ growthPerDay: 10 * gigabyte, daysLeft: 19 });
  expect(describeSpace(found)).toBe("space: 190 GB free, 10.0 GB more each day: vault full in 19 days");
});

test.each([
  ["the day on which the first or a large host came", [...days(14, 0), 900 * gigabyte, ...days(13, 0)], 0],
  ["a rhythm of weeks", Array.from({ length: 28 }, (_, day) => (day % 7 === 0 ? 8 : 1) * gigabyte), 2 * gigabyte],
  ["a prune that comes once a week", Array.from({ length: 28 }, (_, day) => (day % 7 === 0 ? -6 : 1) * gigabyte), 0],
  ["what was before the last 28 days", [...days(60, 50 * gigabyte), ...days(28, gigabyte)], gigabyte],
])("is not misled by %s", (_, net, expected) => {
  const { growthPerDay } = forecast({ flows: flows(net) });
  expect(Math.abs((growthPerDay ?? Number.NaN) - expected)).toBeLessThan(0.3 * gigabyte);
});

test("counts days on which nothing came, and leaves today out", () => {
  const [first, last] = [
    { day: "2026-11-01", arrived: gigabyte, left: 0 },
    { day: "2026-11-24", arrived: 99 * gigabyte, left: 0 },
  ];
  expect(forecast({ flows: [first, last] }).growthPerDay).toBe(0);
});

test("does not guess from less than a week, or where the vault shrinks", () => {
  expect(describeSpace(forecast({ flows: flows(days(6, gigabyte)) }))).toContain("is known after a week");
  expect(forecast({ flows: flows(days(7, gigabyte)) }).growthPerDay).toBe(gigabyte);
  expect(describeSpace(forecast({ flows: flows(days(9, -gigabyte)) }))).toBe(
    "space: 190 GB free, and the vault does not grow",
  );
});

test("is a finding where it is full before two weeks are over, or the next archives do not fit", () => {
  const tell = (changes: Partial<SpaceFacts>) =>
    tellSpace(facts(changes), forecast(changes)).map(({ message }) => message);
  const growing = flows(days(20, 10 * gigabyte));
  expect(tell({ flows: growing })).toEqual([]);
  expect(tell({ flows: growing, freeBytes: 130 * gigabyte })).toEqual([
    "full in 13 days, 130 GB free and 10.0 GB more each day: keep fewer archives (`retention`, then archiver prune), or move the vault to a larger disk",
  ]);
  expect(tell({ nextBytes: 200 * gigabyte })).toEqual([
    expect.stringMatching(/^the next archives take about 200 GB and will not fit, 190 GB free: keep fewer/),
  ]);
});
