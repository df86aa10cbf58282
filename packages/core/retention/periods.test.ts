import { expect, test } from "vitest";
import { periods } from "./periods.ts";

test.each([
  ["2026-11-23T02:30:00Z", ["2026-11-23 02h", "2026-11-23", "2026-W48", "2026-11", "2026"]],
  // ISO 8601: the week belongs to the year of its Thursday.
  ["2026-01-01T00:00:00Z", ["2026-01-01 00h", "2026-01-01", "2026-W01", "2026-01", "2026"]],
  ["2027-01-01T00:00:00Z", ["2027-01-01 00h", "2027-01-01", "2026-W53", "2027-01", "2027"]],
  ["2024-12-30T00:00:00Z", ["2024-12-30 00h", "2024-12-30", "2025-W01", "2024-12", "2024"]],
  ["2021-01-03T23:59:59Z", ["2021-01-03 23h", "2021-01-03", "2020-W53", "2021-01", "2021"]],
  ["1969-12-31T23:00:00Z", ["1969-12-31 23h", "1969-12-31", "1970-W01", "1969-12", "1969"]],
])("names the periods of %s", (time, labels) => {
  expect(periods.map(({ label }) => label(Date.parse(time)))).toEqual(labels);
});

test("counts two times to one period exactly if its name is the same", () => {
  const times = Array.from({ length: 3000 }, (_, index) => Date.UTC(2019, 11, 20) + index * 17 * 3_600_000);
  for (const { number, label } of periods) {
    for (const [index, time] of times.entries()) {
      const previous = times[index - 1] ?? time;
      expect(number(time) === number(previous)).toBe(label(time) === label(previous));
    }
  }
});

test("begins weeks on Mondays", () => {
  const weekly = periods.find(({ rule }) => rule === "weekly");
  const week = (day: string) => weekly?.number(Date.parse(`${day}T12:00:00Z`));
  expect(week("2026-11-22")).toBe((week("2026-11-23") ?? 0) - 1);
  expect(week("2026-11-29")).toBe(week("2026-11-23"));
});
