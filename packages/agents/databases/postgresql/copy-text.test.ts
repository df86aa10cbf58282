import { expect, test } from "vitest";
import { parseCopyText } from "./copy-text.ts";

test.each([
  ["", []],
  ["\n", [[""]]],
  [
    "a\tb\n\\N\t\n",
    [
      ["a", "b"],
      [null, ""],
    ],
  ],
  ["\\\\N\t\\\\\n", [["\\N", "\\"]]],
  ["\\b\\f\\n\\r\\t\\v\n", [["\b\f\n\r\t\v"]]],
  ["ü€😀\t\\.\n", [["ü€😀", "."]]],
])("decodes %j", (output, rows) => {
  expect(parseCopyText(output)).toEqual(rows);
});
