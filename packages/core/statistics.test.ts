import { expect, test } from "vitest";
import { median } from "./statistics.ts";

test.each([
  [[], undefined],
  [[3], 3],
  [[9, 1], 5],
  [[10, 9, 1], 9],
  [[4, 1, 3, 2], 2.5],
])("the median of %j is %j", (values, expected) => {
  expect(median(values)).toBe(expected);
});
