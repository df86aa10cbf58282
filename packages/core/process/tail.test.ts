import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { expect, test } from "vitest";
import { keepTail } from "./tail.ts";

async function tailOf(chunks: string[], limit: number): Promise<string> {
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const tail = keepTail(stream, limit);
  await finished(stream);
  return tail();
}

test.each([
  [[], 4, ""],
  [["ab"], 4, "ab"],
  [["abcd"], 4, "abcd"],
  [["abcdefgh"], 4, "efgh"],
  [["abc", "def", "ghi", "jkl", "mno"], 4, "lmno"],
  [Array.from({ length: 1000 }, (_, index) => String(index % 10)), 4, "6789"],
])("keeps the end of %j", async (chunks, limit, end) => {
  expect(await tailOf(chunks, limit)).toBe(end);
});
