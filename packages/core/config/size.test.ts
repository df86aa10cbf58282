import { expect, test } from "vitest";
import { parseSize } from "./size.ts";

test.each([
  ["12B", 12],
  ["500MB", 500_000_000],
  ["500 mb", 500_000_000],
  ["2GiB", 2_147_483_648],
  ["1.5 kB", 1_500],
  ["0B", 0],
])("reads %j as %d bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(["", "500", "2G", "2Gi", "-1MB", "1.MB", "MB", "1iB", "9999999PB"])("refuses %j", (text) => {
  expect(parseSize(text)).toBeUndefined();
});
