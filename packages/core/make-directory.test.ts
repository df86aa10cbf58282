import { statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, it } from "vitest";
import { makeDirectory } from "./make-directory.ts";

it("makes what is missing, and says whether it was", () => {
  const path = join(temporaryDirectory("make-directory"), "one", "two");
  expect([makeDirectory(path, 0o700), makeDirectory(path, 0o700)]).toEqual([true, false]);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

it("ends where the system makes no directory although all above exists", () => {
  expect(() => makeDirectory("/proc/no-such-process/state", 0o700)).toThrow("ENOENT");
});

it("refuses a file and a link to nowhere", () => {
  const directory = temporaryDirectory("make-directory");
  writeFileSync(join(directory, "file"), "");
  symlinkSync("/nowhere/at/all", join(directory, "link"));
  expect(() => makeDirectory(join(directory, "file"), 0o700)).toThrow("EEXIST");
  expect(() => makeDirectory(join(directory, "file", "below"), 0o700)).toThrow("ENOTDIR");
  expect(() => makeDirectory(join(directory, "link"), 0o700)).toThrow("ENOENT");
});
