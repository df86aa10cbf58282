import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { captureVersion } from "./capture.ts";
import { versionSourceSchema } from "./source.ts";

const context = { environment: { PATH: process.env.PATH }, signal: new AbortController().signal };
const capture = (source: object) => captureVersion(versionSourceSchema.parse(source), context);

function write(content: string, name = "version.txt"): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, content);
  return path;
}

test("reads each kind of source and tells where the version stood", async () => {
  const text = write("1.2.3\nmore\n");
  const json = write('{"app": {"version": "2.0"}}');
  const xml = write("<project><version>3.0</version></project>");
  const properties = write("version=4.0\n");
  expect(await capture({ file: text })).toEqual({ source: `file ${text}`, value: "1.2.3" });
  expect(await capture({ file: text, pattern: "^(\\d+)" })).toEqual({ source: `file ${text} (^(\\d+))`, value: "1" });
  expect(await capture({ file: json, json: "app.version" })).toEqual({
    source: `file ${json} (app.version)`,
    value: "2.0",
  });
  expect(await capture({ file: xml, xml: "/project/version" })).toMatchObject({ value: "3.0" });
  expect(await capture({ file: properties, property: "version" })).toMatchObject({ value: "4.0" });
  expect(await capture({ file: json, json: "app.version", pattern: "\\d+" })).toMatchObject({ value: "2" });
  expect(await capture({ command: ["echo", "5.0"] })).toEqual({ source: "command echo", value: "5.0" });
  expect(await capture({ value: "6.0" })).toEqual({ source: "configuration", value: "6.0" });
});

test("does not put a command's arguments, which may hold a password, in what it tells", async () => {
  expect((await capture({ command: ["echo", "--password=hunter2"] })).source).not.toContain("hunter2");
});

test("names the place where nothing is found", async () => {
  const path = write("{}");
  mkdirSync(`${path}.d`);
  await expect(capture({ file: path, json: "version" })).rejects.toMatchObject({
    code: "version-unreadable",
    message: `the version cannot be read from file ${path} (version): nothing was found`,
  });
  await expect(capture({ file: "/nonexistent/version" })).rejects.toThrow(
    "file /nonexistent/version: it does not exist",
  );
  await expect(capture({ file: `${path}.d` })).rejects.toThrow("it is no regular file");
  await expect(capture({ file: write("") })).rejects.toThrow("nothing was found");
});

test.each([
  [{}, "expected one of file, command or value, got none of them"],
  [{ file: "/x", value: "1" }, "expected one of file, command or value, got file and value"],
  [{ file: "/x", json: "a", xml: "b" }, "expected one of json, xml or property, got json and xml"],
  [{ command: ["x"], json: "a" }, "only a file has this: add `file`"],
  [{ value: "1", pattern: "x" }, "a value that is given needs no pattern"],
  [{ file: "/x", pattern: "(" }, "expected a regular expression as JavaScript has them"],
  [{ file: "/x", xml: "a[" }, "expected a path of XML elements"],
  [{ command: [] }, "Too small"],
])("refuses %j", (source, message) => {
  expect(
    versionSourceSchema
      .safeParse(source)
      .error?.issues.map((issue) => issue.message)
      .join("\n"),
  ).toContain(message);
});
