import { expect, test } from "vitest";
import { parseJson, selectJson } from "./json.ts";

const document = { version: "1.2", build: { number: 77, list: ["a", "b"] }, flag: true, none: null };

test.each([
  ["version", "1.2"],
  ["build.number", "77"],
  ["build.list.1", "b"],
  ["build.list.2", undefined],
  ["build", undefined],
  ["flag", undefined],
  ["none.x", undefined],
  ["version.length", undefined],
  ["constructor.name", undefined],
  ["", undefined],
])("selects %j", (path, value) => {
  expect(selectJson(document, path)).toBe(value);
});

test("reads a document with a byte order mark", () => {
  expect(parseJson('\uFEFF{"version": "1"}', { file: "/x" })).toEqual({ version: "1" });
});

test("names file and line of a mistake, without the text", () => {
  expect(() => parseJson('{\n"password": hunter2\n}', { file: "/x.json" })).toThrow(
    expect.objectContaining({
      code: "version-unreadable",
      message: expect.stringMatching(
        /^the version cannot be read from file \/x\.json: line 2 is not JSON: (?!.*hunter2)/,
      ),
    }),
  );
});
