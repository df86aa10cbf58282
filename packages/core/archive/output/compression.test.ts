import { constants, gunzipSync, zstdDecompressSync } from "node:zlib";
import { createRandomBytes } from "@catapullt/testkit/random";
import { generateText } from "@catapullt/testkit/tree-generator";
import { expect, onTestFinished, test } from "vitest";
import type { Compression } from "../name.ts";
import { createBlockCompressor } from "./compression.ts";

const decompress: Record<Compression, (bytes: Buffer) => Buffer> = {
  zstd: (bytes) => zstdDecompressSync(bytes),
  gzip: (bytes) => gunzipSync(bytes),
  none: (bytes) => bytes,
};

test.each(["zstd", "gzip", "none"] as const)(
  "makes each block an independent unit, in any order and size (%s)",
  async (format) => {
    const compressor = createBlockCompressor({ format, level: 3, parallel: 3 });
    onTestFinished(() => compressor.close());
    const text = generateText(1_048_576);
    const blocks = [
      text,
      createRandomBytes(1)(1_048_576),
      Buffer.alloc(1_048_576),
      Buffer.from("x"),
      text.subarray(0, 300_000),
    ];
    const many = Array.from({ length: 8 }, () => blocks).flat();
    const results = many.map((block) => compressor.compress(block));
    for (const [index, block] of many.entries()) {
      const result = await (results[index] as (typeof results)[number]);
      expect(decompress[format](Buffer.concat(result.pieces)).equals(block)).toBe(true);
      result.free();
    }
  },
);

test("states content size and checksum in every zstd frame", async () => {
  const compressor = createBlockCompressor({ format: "zstd", level: 3, parallel: 1 });
  onTestFinished(() => compressor.close());
  const { pieces } = await compressor.compress(Buffer.alloc(1_000_000, "text"));
  const frame = Buffer.concat(pieces);
  expect(frame.readUInt32LE(0)).toBe(0xfd2fb528);
  expect((frame[4] ?? 0) & 0x24).toBe(0x24); // single segment, with checksum
  expect(frame.readUInt32LE(5)).toBe(1_000_000);
});

test("compresses harder at a higher level", async () => {
  const text = generateText(1_000_000);
  const sizes: number[] = [];
  for (const level of [1, 19]) {
    const compressor = createBlockCompressor({ format: "zstd", level, parallel: 1 });
    const { pieces } = await compressor.compress(text);
    sizes.push(Buffer.concat(pieces).length);
    compressor.close();
  }
  expect(sizes[1]).toBeLessThan(sizes[0] ?? 0);
  expect(constants.ZSTD_CLEVEL_DEFAULT).toBe(3);
});
