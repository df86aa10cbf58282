import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { partName, writeFileAtomically } from "./atomic-file.ts";

test("writes a file with exactly the mode that is asked for, whatever the umask", async () => {
  const path = join(temporaryDirectory(), "x");
  const umask = process.umask(0o077);
  try {
    await writeFileAtomically(path, "content", { mode: 0o644 });
  } finally {
    process.umask(umask);
  }
  expect(statSync(path).mode & 0o7777).toBe(0o644);
  expect(readFileSync(path, "utf8")).toBe("content");
});

test("replaces what was there, and leaves no other file", async () => {
  const directory = temporaryDirectory();
  const path = join(directory, "x");
  writeFileSync(path, "a much longer old content", { mode: 0o600 });
  writeFileSync(join(directory, partName("x")), "left by a run that was killed, longer than what follows");
  await writeFileAtomically(path, new TextEncoder().encode("new"), { mode: 0o640, group: process.getgid?.() });
  expect(readdirSync(directory)).toEqual(["x"]);
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

test("keeps the old file and removes the part where it fails", async () => {
  const directory = temporaryDirectory();
  const path = join(directory, "x");
  mkdirSync(path);
  writeFileSync(join(path, "inside"), "old");
  await expect(writeFileAtomically(path, "new", { mode: 0o640 })).rejects.toMatchObject({ code: "EISDIR" });
  expect(readdirSync(directory)).toEqual(["x"]);
  expect(readFileSync(join(path, "inside"), "utf8")).toBe("old");
});

test("does not write through a link that lies where its part goes", async () => {
  const directory = temporaryDirectory();
  const path = join(directory, "x");
  const elsewhere = join(temporaryDirectory(), "elsewhere");
  writeFileSync(elsewhere, "untouched");
  symlinkSync(elsewhere, join(directory, partName("x")));
  await writeFileAtomically(path, "new", { mode: 0o640 });
  expect(readFileSync(elsewhere, "utf8")).toBe("untouched");
  expect(readdirSync(directory)).toEqual(["x"]);
});

test("passes on the system's error where the directory is missing", async () => {
  await expect(writeFileAtomically("/nonexistent/x", "", { mode: 0o640 })).rejects.toMatchObject({ code: "ENOENT" });
});

test("gives a file the group that is asked for", async () => {
  const path = join(temporaryDirectory(), "x");
  const group = process.getuid?.() === 0 ? 1 : (process.getgid?.() ?? 0);
  await writeFileAtomically(path, "", { mode: 0o640, group });
  expect(statSync(path)).toMatchObject({ gid: group, uid: process.getuid?.() });
});
