import { expect, test } from "vitest";
import { bytesAhead } from "./reach.ts";

const mebibyte = 1024 * 1024;

test.each([
  ["on this machine", 0.2, 4 * mebibyte],
  ["in the same building", 5, 4 * mebibyte],
  ["in the same country", 20, 8_000_000],
  ["on another continent", 150, 16 * mebibyte],
])("asks for as much ahead as a line holds %s", (_, roundTrip, expected) => {
  expect(bytesAhead(roundTrip)).toBe(expected);
});
