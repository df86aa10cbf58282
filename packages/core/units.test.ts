import { expect, test } from "vitest";
import { formatBytes, formatDuration, formatMoment } from "./units.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.00 kB"],
  [1234, "1.23 kB"],
  [12_345, "12.3 kB"],
  [123_456, "123 kB"],
  [999_499, "999 kB"],
  [999_500, "1.00 MB"],
  [1_234_567_890, "1.23 GB"],
  [9_995_000, "10.0 MB"],
  [5e15, "5.00 PB"],
  [5e18, "5000 PB"],
])("writes %d bytes as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, "0.0 s"],
  [400, "0.4 s"],
  [9_949, "9.9 s"],
  [9_950, "10 s"],
  [59_499, "59 s"],
  [59_500, "1 min"],
  [185_000, "3 min 5 s"],
  [3_599_499, "59 min 59 s"],
  [3_599_500, "1 h"],
  [7_440_000, "2 h 4 min"],
  [86_399_999, "1 d"],
  [266_400_000, "3 d 2 h"],
])("writes %d milliseconds as %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test("writes a moment in UTC, as precisely as is wanted", () => {
  const moment = new Date("2026-11-24T01:02:03.999+01:00");
  expect(formatMoment(moment)).toBe("2026-11-24 00:02:03");
  expect(formatMoment(moment, "minute")).toBe("2026-11-24 00:02");
  expect(formatMoment(moment, "day")).toBe("2026-11-24");
});
