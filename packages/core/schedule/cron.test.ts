import { expect, test } from "vitest";
import { parseCron } from "./cron.ts";

const previous = (expression: string, moment: string, timeZone = "UTC") =>
  parseCron({ expression, timeZone }).previous(new Date(moment))?.toISOString();
const next = (expression: string, moment: string, timeZone = "UTC") =>
  parseCron({ expression, timeZone }).next(new Date(moment))?.toISOString();

test.each([
  ["0 2 * * *", "2026-11-24T02:00:00.000Z", "2026-11-24T02:00:00.000Z"],
  ["0 2 * * *", "2026-11-24T02:00:30.500Z", "2026-11-24T02:00:00.000Z"],
  ["0 2 * * *", "2026-11-24T01:59:59.999Z", "2026-11-23T02:00:00.000Z"],
  ["30 3 * * 1-5", "2026-11-22T12:00:00.000Z", "2026-11-20T03:30:00.000Z"],
  ["30 3 * * MON", "2026-11-24T12:00:00.000Z", "2026-11-23T03:30:00.000Z"],
  ["0 3 13 * 5", "2026-11-24T12:00:00.000Z", "2026-11-20T03:00:00.000Z"],
  ["@weekly", "2026-11-24T12:00:00.000Z", "2026-11-22T00:00:00.000Z"],
  ["0 0 29 2 *", "2026-11-24T12:00:00.000Z", "2024-02-29T00:00:00.000Z"],
])("tells when %s last came before %s", (expression, moment, expected) => {
  expect(previous(expression, moment)).toBe(expected);
});

test.each([
  ["a fixed time in the gap runs right after it", "30 2 * * *", "2026-03-29T12:00:00Z", "2026-03-29T01:00:00.000Z"],
  ["a fixed time in the repeated hour runs once", "30 2 * * *", "2026-10-25T12:00:00Z", "2026-10-25T00:30:00.000Z"],
  ["a day later it is at its own time again", "30 2 * * *", "2026-10-26T12:00:00Z", "2026-10-26T01:30:00.000Z"],
])("knows when clocks change: %s", (_, expression, moment, expected) => {
  expect(previous(expression, moment, "Europe/Berlin")).toBe(expected);
});

test("tells when it comes next", () => {
  expect(next("0 2 * * *", "2026-11-24T02:00:00Z")).toBe("2026-11-25T02:00:00.000Z");
  expect(next("0 2 * * *", "2026-11-24T01:59:00Z", "Asia/Tokyo")).toBe("2026-11-24T17:00:00.000Z");
});

test.each(["", "daily", "0 2 * *", "60 2 * * *", "0 24 * * *", "0 0 2 * * *", "0 0 31 2 *", "@reboot", "@nightly"])(
  "refuses %j",
  (expression) => {
    expect(() => parseCron({ expression, timeZone: "UTC" })).toThrow(RangeError);
  },
);
