import { appendFileSync, linkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { ManifestTree } from "@catapullt/core/archive/manifest";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, test } from "vitest";
import { compareTree } from "./tree-check.ts";

function prepare() {
  const path = temporaryDirectory("tree");
  writeFiles(path, { a: "123", "sub/b": "45", "sub/\u00fc\n": "" });
  linkSync(join(path, "a"), join(path, "sub/second name of a"));
  symlinkSync("nowhere", join(path, "link"));
  const recorded = { files: 3, directories: 2, links: 2, bytes: 5 } as ManifestTree;
  return { path, recorded };
}

test("finds nothing in a tree that is as recorded", async () => {
  const { path, recorded } = prepare();
  expect(await compareTree(recorded, path)).toEqual([]);
});

test("does not count the directory of a single file", async () => {
  const path = temporaryDirectory("file");
  writeFiles(path, { "app.ini": "x" });
  const recorded = { files: 1, directories: 0, links: 0, bytes: 1 } as ManifestTree;
  expect(await compareTree(recorded, path)).toEqual([]);
});

test.each<[string, (path: string) => void, string[]]>([
  ["a file is missing", (path) => rmSync(join(path, "sub/b")), ["has 2 files, not 3", "has 3 bytes, not 5"]],
  ["a link is missing", (path) => rmSync(join(path, "link")), ["has 1 links, not 2"]],
  ["a file is longer", (path) => appendFileSync(join(path, "sub/b"), "6"), ["has 6 bytes, not 5"]],
])("says so where %s", async (_, change, findings) => {
  const { path, recorded } = prepare();
  change(path);
  expect(await compareTree(recorded, path)).toEqual(findings);
});
