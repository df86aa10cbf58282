import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { formatCommandLine, quoteForShell } from "./shell-words.ts";

test.each(["/srv/data", "user@host:22", "a=b"])("leaves %s as it is", (word) => {
  expect(quoteForShell(word)).toBe(word);
});

test("a shell reads the words that went in", () => {
  const words = ["", " ", "it's", '"$HOME"', "`id`", "a\nb", "*", "-n", "\\", "ü"];
  const script = `for word in ${formatCommandLine(words)}; do printf '%s\\0' "$word"; done`;
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1)).toEqual(words);
});
