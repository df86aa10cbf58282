import { expect, test } from "vitest";
import { parseBatchOutput } from "./batch-output.ts";

test.each([
  ["", []],
  [
    "a\tb\nc\td\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  ["\n", [[""]]],
  ["a\\tb\\nc\\\\d\\0e\n", [["a\tb\nc\\d\0e"]]],
  ["\\\\n\n", [["\\n"]]],
  ["\\q\n", [["\\q"]]],
  ["NULL\tü€\n", [["NULL", "ü€"]]],
])("decodes %j", (output, rows) => {
  expect(parseBatchOutput(output)).toEqual(rows);
});
