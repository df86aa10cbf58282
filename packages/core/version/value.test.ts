import { expect, test } from "vitest";
import { requireVersion } from "./value.ts";

test("trims a version and keeps where it was found", () => {
  expect(requireVersion(" 8.5.4\r\n", "file /x")).toEqual({ source: "file /x", value: "8.5.4" });
});

test.each([
  [undefined, "nothing was found"],
  ["  \n", "nothing was found"],
  ["1.2\n3.4", 'found "1.2\\n3.4", which is not one line of text'],
  ["1\u001b[2J", "which is not one line of text"],
  ["1".repeat(201), "found 201 characters, more than a version has"],
])("refuses %j and names the place", (text, problem) => {
  expect(() => requireVersion(text, "file /x")).toThrow(
    expect.objectContaining({
      code: "version-unreadable",
      message: expect.stringMatching(/^the version cannot be read from file \/x: /),
    }),
  );
  expect(() => requireVersion(text, "file /x")).toThrow(problem);
});

test("accepts 200 characters", () => {
  expect(requireVersion("1".repeat(200), "x").value).toHaveLength(200);
});
