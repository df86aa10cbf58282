import { describe, expect, test } from "vitest";
import { parseConfigText } from "./document.ts";
import { keyPathId } from "./key-path.ts";

const parse = (text: string) => parseConfigText(text, "yaml");

test("tells for each key and each entry of a list where it stands", () => {
  const { value, positions } = parse("a:\n  b: 1\nlist:\n  - x\n  - { y: 2 }\n");
  expect(value).toEqual({ a: { b: 1 }, list: ["x", { y: 2 }] });
  expect(positions.get(keyPathId(["a", "b"]))).toEqual({ line: 2, column: 3 });
  expect(positions.get(keyPathId(["list", 0]))).toEqual({ line: 4, column: 5 });
  expect(positions.get(keyPathId(["list", 1, "y"]))).toEqual({ line: 5, column: 7 });
});

test("reads scalars as YAML 1.2 does", () => {
  const { value } = parse("a: yes\nb: on\nc: 012\nd: 0o17\ne: 1e3\nf: ~\ng: 2026-11-23\nh: true\n");
  expect(value).toEqual({ a: "yes", b: "on", c: 12, d: 15, e: 1000, f: null, g: "2026-11-23", h: true });
});

test.each(["", "\n\n", "# only a comment\n", "---\n", "\uFEFF"])("takes the empty file %j for no settings", (text) => {
  expect(parse(text)).toMatchObject({ value: {}, faults: [] });
});

test("reads files with a byte order mark and CRLF line ends, and keeps their lines right", () => {
  const { value, positions } = parse("\uFEFFa: 1\r\nb: two words\r\n");
  expect(value).toEqual({ a: 1, b: "two words" });
  expect(positions.get(keyPathId(["a"]))).toEqual({ line: 1, column: 1 });
  expect(positions.get(keyPathId(["b"]))).toEqual({ line: 2, column: 1 });
});

test("reads anchors and aliases, as values of their own", () => {
  const { value } = parse("a: &x { k: [1] }\nb: *x\n");
  expect(value).toEqual({ a: { k: [1] }, b: { k: [1] } });
  const { a, b } = value as Record<string, object>;
  expect(a).not.toBe(b);
});

test("takes keys as texts, whatever they look like", () => {
  expect(parse("1: a\ntrue: b\nnull: c\n").value).toEqual({ "1": "a", true: "b", null: "c" });
});

describe("refuses, with the place", () => {
  test.each([
    ["a: 1\nb: 2\na: 3\n", 3, "the same key stands twice"],
    ["a:\n\tb: 1\n", 2, "tabs are not allowed as indentation"],
    ["a: 1\n---\nb: 2\n", 2, "only one document is allowed"],
    ["a: [1, 2\nb: 3\n", 2, "is not YAML"],
    ["a: b: c\n", 1, "must be in quotes"],
    ["a: 1\nb: !vault x\n", 2, "a tag is not understood"],
    ["a: 1\nb: *nowhere\n", 2, "an alias (*) names no anchor"],
    ["a: &x [*x]\n", 1, "is nested more than"],
    ["a: 1\n__proto__: { x: 1 }\n", 2, "the key __proto__ is not allowed"],
    ['a: "\\q"\n', 1, "a backslash in double quotes must be doubled"],
    ["a: @b\n", 1, "must be in quotes"],
    ["? [a, b]\n: c\n", 1, "a key must be plain text"],
    ["a: {{ b }}\n", 1, "a value that begins with {{ must be in quotes"],
  ])("%j", (text, line, message) => {
    const { faults } = parse(text);
    expect(faults[0]).toMatchObject({ line, message: expect.stringContaining(message) });
  });

  test("aliases of aliases that would grow without end", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level <= 9; level += 1) {
      const alias = `*a${level - 1}`;
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => alias).join(", ")}]`);
    }
    expect(parse(lines.join("\n")).faults[0]?.message).toContain("more than 100000 values");
  });

  test("every fault of a file, not just the first", () => {
    expect(parse("a: 1\na: 2\nb: 1\nb: 2\n").faults.map(({ line }) => line)).toEqual([2, 4]);
  });
});

describe("JSON files", () => {
  test("are read with the place of each key", () => {
    const { value, positions } = parseConfigText('{\n  "a": {\n    "b": 1 }\n}\n', "json");
    expect(value).toEqual({ a: { b: 1 } });
    expect(positions.get(keyPathId(["a", "b"]))).toEqual({ line: 3, column: 5 });
  });

  test("must be JSON, not YAML", () => {
    const { faults } = parseConfigText('{\n  "a": 1,\n}\n', "json");
    expect(faults).toEqual([{ line: 3, column: 1, message: "is not JSON: no comma is allowed before }" }]);
    expect(parseConfigText("a: 1\n", "json").faults).toHaveLength(1);
  });

  test("may not have the same key twice", () => {
    expect(parseConfigText('{"a": 1,\n "a": 2}', "json").faults[0]).toMatchObject({ line: 2 });
  });
});

test("never quotes the text in a message, for it may be a password", () => {
  const texts = [
    "password: *hunter2",
    "password: !hunter2 x",
    "password: @hunter2",
    'password: "hunter2',
    "password: hunter2: x",
    "{ password: hunter2 ]",
    "password: hunter2\n\tx: 1",
    "password: %hunter2\n%hunter2",
    "- hunter2: [}",
  ];
  for (const text of texts) {
    const { faults } = parse(text);
    expect(JSON.stringify([text, faults.map(({ message }) => message)])).not.toMatch(/"[^"]*hunter2[^"]*"\]\]?$/);
    for (const { message } of faults) expect(message).not.toContain("hunter2");
  }
  for (const text of ['{"password": hunter2}', '{"password": "hunter2}', '{"password": "hunter2" "x"}'])
    expect(parseConfigText(text, "json").faults[0]?.message).not.toContain("hunter2");
});
