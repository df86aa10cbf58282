import { expect, test } from "vitest";
import { parseDuration } from "./duration.ts";

test.each([
  ["90s", 90_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["2w", 1_209_600_000],
  ["1h 30m", 5_400_000],
  ["1h30m", 5_400_000],
  [" 5m ", 300_000],
  ["0s", 0],
])("reads %j as %d milliseconds", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(["", " ", "90", "2 hrs", "2H", "-1h", "1.5h", "30m 1h", "1h 1h", "1h x", "99999999999999999w"])(
  "refuses %j",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
