import { expect, test } from "vitest";
import { formatLine } from "./format.ts";

const line = (fields: object) => JSON.stringify({ level: 30, time: "2026-11-23T02:00:00.123Z", ...fields });
const plain = (fields: object) => formatLine(line(fields), { colour: false });

test("puts time, level, message and fields in one line", () => {
  expect(plain({ msg: "dumped", database: "wiki", bytes: 5, list: ["a"] })).toBe(
    '2026-11-23T02:00:00Z INFO  dumped database=wiki bytes=5 list=["a"]\n',
  );
});

test.each([
  [10, "INFO "],
  [20, "DEBUG"],
  [40, "WARN "],
  [50, "ERROR"],
  [60, "ERROR"],
])("names level %d %s", (level, label) => {
  expect(plain({ level, msg: "x" })).toBe(`2026-11-23T02:00:00Z ${label} x\n`);
});

test("quotes values that are no plain words", () => {
  expect(plain({ msg: "x", a: "two words", b: "", c: 'q"', d: "k=v" })).toContain(
    'x a="two words" b="" c="q\\"" d="k=v"',
  );
});

test("indents the further lines of a message, after its fields", () => {
  expect(plain({ msg: "failed\ndo this\nor that", code: "locked" })).toBe(
    "2026-11-23T02:00:00Z INFO  failed code=locked\n    do this\n    or that\n",
  );
});

test("passes no control character on, neither in the message nor in a field", () => {
  const text = plain({ msg: "a\u001b[2Jb\rc\u009b1m", file: "x\u001b]0;\u0007\u007f\n\u009b" });
  expect(text).toContain("a\\u001b[2Jb\\rc\\u009b1m");
  expect([...text.trimEnd()].filter((character) => /\p{Cc}/u.test(character))).toEqual([]);
});

test("has colours where they are asked for, although standard output is no terminal", () => {
  const text = formatLine(line({ level: 50, msg: "x" }), { colour: true });
  expect(text).toBe("\u001b[90m2026-11-23T02:00:00Z\u001b[39m \u001b[31mERROR\u001b[39m x\n");
});

test("prints a line that has no message", () => {
  expect(plain({ database: "wiki" })).toBe("2026-11-23T02:00:00Z INFO  database=wiki\n");
});
