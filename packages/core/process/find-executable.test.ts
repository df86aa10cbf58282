import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { findExecutable } from "./find-executable.ts";

function makeExecutable(path: string, mode = 0o755): string {
  writeFileSync(path, "");
  chmodSync(path, mode);
  return path;
}

test("takes the first name that exists, in the order of the names and then of the directories", async () => {
  const [first, second] = [temporaryDirectory(), temporaryDirectory()];
  const path = makeExecutable(join(second, "mariadb-dump"));
  makeExecutable(join(first, "mysqldump"));
  expect(await findExecutable(["mariadb-dump", "mysqldump"], `${first}:${second}`)).toBe(path);
  const earlier = makeExecutable(join(first, "mariadb-dump"));
  expect(await findExecutable(["mariadb-dump"], `${first}:${second}`)).toBe(earlier);
});

test("passes over what cannot be run", async () => {
  const directory = temporaryDirectory();
  makeExecutable(join(directory, "plain"), 0o644);
  mkdirSync(join(directory, "directory"));
  symlinkSync("/nonexistent", join(directory, "dangling"));
  symlinkSync("loop", join(directory, "loop"));
  const file = makeExecutable(join(directory, "file"));
  const names = ["plain", "directory", "dangling", "loop", "missing"];
  expect(await findExecutable(names, `${directory}:/nonexistent:${file}`)).toBeUndefined();
});

test("does not look for programs in the current directory", async () => {
  expect(await findExecutable(["package.json", "vitest"], ":.:node_modules/.bin")).toBeUndefined();
});

test("takes a path as it is", async () => {
  const path = makeExecutable(join(temporaryDirectory(), "tool"));
  expect(await findExecutable(["/nonexistent/x", path], "")).toBe(path);
});
