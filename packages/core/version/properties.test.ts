import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { parseProperties, readProperties } from "./properties.ts";

const parse = (content: string) => Object.fromEntries(parseProperties(content));

test.each([
  ["a=b", { a: "b" }],
  ["a:b", { a: "b" }],
  ["a b", { a: "b" }],
  ["a \t=\f b", { a: "b" }],
  ["a = : b", { a: ": b" }],
  ["a==b", { a: "=b" }],
  ["  a=b  ", { a: "b  " }],
  ["a", { a: "" }],
  ["=b", { "": "b" }],
  ["# c\n! d\n  # e\n\n \na=b", { a: "b" }],
  ["a=1\na=2", { a: "2" }],
  ["a=b # no comment", { a: "b # no comment" }],
  ["a\\:b\\=c\\ d=e", { "a:b=c d": "e" }],
  ["jdbc.url=jdbc\\:mysql\\://db1\\:3306/x?a\\=b", { "jdbc.url": "jdbc:mysql://db1:3306/x?a=b" }],
  ["a=b\\\n    c\\\r\n  d", { a: "bcd" }],
  ["a=b\\\\\nc=d", { a: "b\\", c: "d" }],
  ["a=b\\\n# no comment", { a: "b# no comment" }],
  ["a=b\\\n\nc=d", { a: "b", c: "d" }],
  ["a=\\u20AC\\u00e4", { a: "€ä" }],
  ["a=\\t\\n\\r\\f\\q\\\\", { a: "\t\n\r\fq\\" }],
  ["a=1\rb=2\r\nc=3", { a: "1", b: "2", c: "3" }],
  ["a=b\\", { a: "b" }],
  ["\uFEFFa=b", { a: "b" }],
  ["__proto__=x", Object.fromEntries([["__proto__", "x"]])],
  ["", {}],
])("reads %j", (content, expected) => {
  expect(parse(content)).toEqual(expected);
});

test("reads a file in Latin-1, as Java does", async () => {
  const path = join(temporaryDirectory(), "x.properties");
  writeFileSync(path, Buffer.from([0x61, 0x3d, 0xe4]));
  expect((await readProperties(path)).get("a")).toBe("ä");
});

test("names the file that is missing", async () => {
  await expect(readProperties("/nonexistent/x.properties")).rejects.toMatchObject({
    code: "version-unreadable",
    message: "the version cannot be read from file /nonexistent/x.properties: it does not exist",
  });
});
