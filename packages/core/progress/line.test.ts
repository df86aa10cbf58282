import { expect, test } from "vitest";
import { progressLine } from "./line.ts";

const figures = { activity: ["files"], done: 50e6, total: 200e6, rate: 10e6, isStalled: false };

test("shows activity, bytes, share, rate and remaining time", () => {
  expect(progressLine(figures, 80)).toBe("files  50.0 MB of 200 MB (25 %)  10.0 MB/s  15 s left");
});

test("leaves out what is not known", () => {
  expect(progressLine({ ...figures, activity: [""], total: undefined }, 80)).toBe("50.0 MB  10.0 MB/s");
  expect(progressLine({ ...figures, done: 0, rate: 0 }, 80)).toBe("files  0 B of 200 MB (0 %)  0 B/s");
  expect(progressLine({ ...figures, done: 0, total: 0, rate: 0 }, 80)).toBe("files  0 B  0 B/s");
});

test("promises no end to what has stalled", () => {
  expect(progressLine({ ...figures, rate: 0, isStalled: true }, 80)).toBe("files  50.0 MB of 200 MB (25 %)  stalled");
});

test("never tells more than all", () => {
  expect(progressLine({ ...figures, done: 300e6 }, 80)).toBe("files  300 MB of 200 MB (100 %)  10.0 MB/s");
});

test("leaves out from the end of what is worked on where the terminal is narrow, and cuts what is left", () => {
  const activity = ["wiki01", "2 of 5", "confluence_20261122T020000Z.tar.zst"];
  expect(progressLine({ ...figures, activity }, 80)).toBe(
    "wiki01  2 of 5  50.0 MB of 200 MB (25 %)  10.0 MB/s  15 s left",
  );
  expect(progressLine({ ...figures, activity }, 56)).toBe("wiki01  50.0 MB of 200 MB (25 %)  10.0 MB/s  15 s left");
  expect(progressLine({ ...figures, activity }, 20)).toBe("wiki01  50.0 MB of 2");
});
