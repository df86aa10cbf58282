import { describe, expect, test } from "vitest";
import { findJsonProblem } from "./json-syntax.ts";

test.each([
  ['{"a": 1,}', 8, "no comma is allowed before }"],
  ["[1,]", 3, "no comma is allowed before ]"],
  ['{"a" 1}', 5, "expected a colon after the key"],
  ['{"a": 1 "b": 2}', 8, "expected a comma or }"],
  ["{a: 1}", 1, "expected a value, a key in double quotes or a bracket"],
  ["{'a': 1}", 1, "JSON takes double quotes only"],
  ['{"a": 1 // why\n}', 8, "JSON has no comments: name the file .yaml to use them"],
  ['{"a": 01}', 6, "expected a value, a key in double quotes or a bracket"],
  ['{"a": "b', 6, "a text that is not closed, or has an escape or control character that JSON does not allow"],
  ['{"a": 1', 7, "the file ends before its last { is closed"],
  ["{} {}", 3, "something follows the end of the JSON document"],
  ["", 0, "expected a value"],
])("finds what is wrong with %j", (text, offset, message) => {
  expect(findJsonProblem(text)).toEqual({ offset, message });
});

describe("agrees with JSON.parse", () => {
  const valid = '{"a": [1, -2.5e+3, "x\\u00e9\\n\\"", true, false, null, {}], "b": {"c": []}, "": "\u2028"}';

  test("on a valid document", () => {
    expect(findJsonProblem(valid)).toBeUndefined();
  });

  test("on every document that lacks, repeats or exchanges one character", () => {
    const strange = ["", '"', ",", "}", "]", "{", "[", ":", "\\", "\n", "1", "e", "."];
    for (let index = 0; index < valid.length; index += 1) {
      for (const replacement of strange) {
        const text = valid.slice(0, index) + replacement + valid.slice(index + 1);
        expect([text, findJsonProblem(text) === undefined]).toEqual([text, isJson(text)]);
      }
    }
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
