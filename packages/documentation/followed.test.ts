import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { listPages, readPage } from "./page.ts";

const packages = new URL("../", import.meta.url);

/** Pages whose commands no test of packages/end-to-end follows, and why. */
const others: Record<string, string> = {
  "README.md": "packages/demo/demo.test.ts runs the demo; the tests run themselves",
  "docs/benchmarks.md": "benchmarks compare with other tools for minutes",
  "CONTRIBUTING.md": "what it runs is what runs this test",
};

const tests = globSync("**/*.test.ts", { cwd: packages, exclude: (name) => name === "node_modules" })
  .filter((file) => !file.startsWith("documentation/"))
  .map((file) => readFileSync(new URL(file, packages), "utf8"));

const pages = listPages()
  .filter((path) => /^(docs\/|[^/]*$)/.test(path))
  .filter((path) => readPage(path).codeBlocks.some(({ language }) => language === "sh"));

/** A test reads the commands of a page by its path below docs/, or names the page in its title. */
function isFollowed(path: string): boolean {
  const [, below] = /^docs\/(.*)$/.exec(path) ?? [];
  if (below === undefined) return false;
  return tests.some((text) => text.includes(`"${below}"`) || text.includes(`docs/${below}`));
}

test.each(pages)("%s shows commands that a test follows", (path) => {
  expect(isFollowed(path) || path in others, "write a test that takes its commands with readCodeBlocks").toBe(true);
});

test("commands are shown under one name, so that none is overlooked", () => {
  const others = listPages().flatMap((path) =>
    readPage(path).codeBlocks.flatMap(({ language, line }) =>
      /^(?:bash|shell|zsh|console|shell-session)$/.test(language) ? [`${path}:${line}: write sh, not ${language}`] : [],
    ),
  );
  expect(others).toEqual([]);
});

test("no page that a test follows is still excused", () => {
  expect(Object.keys(others).filter(isFollowed)).toEqual([]);
});

test("a page that no test names is found", () => {
  expect(isFollowed("docs/how-to/nobody-follows-this.md")).toBe(false);
});
