import { expect, test } from "vitest";
import { displayName, toByteString, toBytes } from "./byte-string.ts";

test("keeps every byte", () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  expect(toBytes(bytes.toString("latin1")).equals(bytes)).toBe(true);
});

test.each([
  ["plain", "plain"],
  [toByteString("café 文件"), "café 文件"],
  ["caf\u00e9", "caf\\xe9"],
  ["\u00ff\u00fe", "\\xff\\xfe"],
])("shows %j as %s", (name, shown) => {
  expect(displayName(name)).toBe(shown);
});
