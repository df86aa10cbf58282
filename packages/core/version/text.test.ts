import { expect, test } from "vitest";
import { firstLine, matchPattern } from "./text.ts";

test.each([
  ["1.2\n3.4\n", "1.2"],
  ["\r\n  1.2  \r\nx", "1.2"],
  ["1.2", "1.2"],
  ["", undefined],
  [" \n\n", undefined],
])("takes the first line of %j that is not blank", (text, line) => {
  expect(firstLine(text)).toBe(line);
});

test.each([
  ["v([0-9.]+)", "app v1.2.3 (v0)", "1.2.3"],
  ["[0-9.]+", "app 1.2.3", "1.2.3"],
  ["(x)?(?<version>[0-9.]+)", "1.2.3", "1.2.3"],
  ["^Atlassian Crowd (.+)$", "readme\r\nAtlassian Crowd 5.1.2\r\nmore", "5.1.2"],
  ["^version=(.*)$", "a=b\nversion=8.5.4\n", "8.5.4"],
  ["nothing", "1.2.3", undefined],
])("finds by the pattern %j in %j", (pattern, text, found) => {
  expect(matchPattern(text, pattern)).toBe(found);
});
