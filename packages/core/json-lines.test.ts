import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { appendJsonLine } from "./json-lines.ts";

test("makes the file with its mode, and adds one line for each value", async () => {
  const path = join(temporaryDirectory(), "lines.jsonl");
  await appendJsonLine(path, { number: 1 }, 0o640);
  await appendJsonLine(path, "two\nlines", 0o640);
  expect(readFileSync(path, "utf8")).toBe('{"number":1}\n"two\\nlines"\n');
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

test("ends a line that a crash has cut off, and leaves what is there alone", async () => {
  const path = join(temporaryDirectory(), "lines.jsonl");
  writeFileSync(path, '{"number":1}\n{"numb');
  await appendJsonLine(path, { number: 2 }, 0o640);
  expect(readFileSync(path, "utf8")).toBe('{"number":1}\n{"numb\n{"number":2}\n');
});
