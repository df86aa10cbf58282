import { expect, test } from "vitest";
import { compilePatterns } from "./glob.ts";

/** The pattern by which a path matches; the last name is a directory where the path ends with a slash. */
function match(patterns: readonly string[], path: string): string | undefined {
  const names = path.replace(/\/$/, "").split("/");
  let state = compilePatterns(patterns);
  names.forEach((name, index) => {
    state = state.enter(name, index < names.length - 1 || path.endsWith("/"));
  });
  return state.match;
}

test.each([
  ["logs/", ["logs/", "logs/a", "logs/a/b"], ["logs", "x/logs/", "logs2/"]],
  ["*.log", ["a.log", ".log", "a.log/x"], ["a/b.log", "a.log2"]],
  ["**/*.log", ["a.log", "a/b.log", "a/b/c.log"], ["a/b.log2"]],
  ["**/temp/**", ["temp/a", "x/temp/a", "x/y/temp/a/b"], ["temp/", "x/temp/", "tempo/a"]],
  ["temp/**", ["temp/a", "temp/a/b"], ["temp/", "x/temp/a"]],
  ["a/**/z", ["a/z", "a/b/z", "a/b/c/z/below"], ["z", "a/b", "b/a/z"]],
  ["**", ["a", "a/b"], []],
  ["/index", ["index", "index/x"], ["x/index"]],
  ["./index", ["index"], []],
  ["v?/x", ["v1/x", "vé/x", "v😀/x"], ["v/x", "v12/x", "v/x"]],
  ["[a-c!]x", ["ax", "cx", "!x"], ["dx", "x"]],
  ["[!a-c]x", ["dx", "-x"], ["ax", "x"]],
  ["[a-]x", ["ax", "-x"], ["bx"]],
  ["[]]x", ["]x"], ["x"]],
  ["\\*", ["*"], ["a"]],
  ["a+(b).c{1,2}", ["a+(b).c{1,2}"], ["aab.c"]],
  ["é*", ["état"], ["e"]],
])("%s matches what it says", (pattern, matching, others) => {
  for (const path of matching) expect(match([pattern], path), path).toBe(pattern);
  for (const path of others) expect(match([pattern], path), path).toBeUndefined();
});

test("tells the pattern by which a path matches", () => {
  expect(match(["*.tmp", "logs/"], "logs/today.tmp")).toBe("logs/");
  expect(match(["*.tmp", "logs/"], "today.tmp")).toBe("*.tmp");
});

test("knows where nothing further down can match", () => {
  const root = compilePatterns(["data/config/*.xml", "**/keys"]);
  expect(root.enter("data", true).canMatchBelow).toBe(true);
  const anchored = compilePatterns(["data/config/*.xml"]);
  expect(anchored.enter("data", true).enter("config", true).canMatchBelow).toBe(true);
  expect(anchored.enter("data", true).enter("other", true).canMatchBelow).toBe(false);
  expect(compilePatterns([]).canMatchBelow).toBe(false);
});

test.each(["", "/", "a//b", "../x", "a/../b", "[a", "a\\", "[z-a]"])("refuses %j", (pattern) => {
  expect(() => compilePatterns([pattern])).toThrow(expect.objectContaining({ code: "config-invalid" }));
});
