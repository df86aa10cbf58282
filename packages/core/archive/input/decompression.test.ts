import { constants, createZstdCompress, gzipSync, zstdCompressSync } from "node:zlib";
import { createRandomBytes } from "@catapullt/testkit/random";
import { generateText } from "@catapullt/testkit/tree-generator";
import { expect, test } from "vitest";
import type { Compression } from "../name.ts";
import { decompress } from "./decompression.ts";

async function decode(bytes: Buffer, format: Compression, pieceSize = 65_536): Promise<Buffer> {
  const pieces = async function* () {
    for (let offset = 0; offset < bytes.length; offset += pieceSize) yield bytes.subarray(offset, offset + pieceSize);
  };
  const result: Buffer[] = [];
  for await (const piece of decompress(pieces(), format)) result.push(piece);
  return Buffer.concat(result);
}

const withChecksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const contents = [
  generateText(300_000),
  Buffer.alloc(0),
  createRandomBytes(2)(200_000),
  Buffer.alloc(1_000_000),
  Buffer.from("end"),
];
const whole = Buffer.concat(contents);
const frames = contents.map((content) => zstdCompressSync(content, withChecksum));
const members = contents.map((content) => gzipSync(content));

/** A frame without its size, as streams make it, larger than what is decoded as a whole. */
async function streamedFrame(content: Buffer): Promise<Buffer> {
  const stream = createZstdCompress(withChecksum);
  for (let offset = 0; offset < content.length; offset += 100_000)
    stream.write(content.subarray(offset, offset + 100_000));
  stream.end();
  return Buffer.concat(await stream.toArray());
}

test.each([1, 3, 1000, 65_536, 10_000_000])(
  "reads all of several frames or members, in pieces of %i bytes",
  async (pieceSize) => {
    const step = pieceSize === 1 ? frames.slice(1, 2).concat(frames.slice(4)) : frames;
    const expected = pieceSize === 1 ? Buffer.from("end") : whole;
    expect((await decode(Buffer.concat(step), "zstd", pieceSize)).equals(expected)).toBe(true);
    expect((await decode(Buffer.concat(members), "gzip", Math.max(pieceSize, 3))).equals(whole)).toBe(true);
  },
);

test("reads large and foreign frames between small ones, and passes over skippable ones", async () => {
  const large = generateText(9_000_000);
  const skippable = Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from("hello")]);
  const bytes = Buffer.concat([
    frames[0] as Buffer,
    skippable,
    await streamedFrame(large),
    zstdCompressSync(large),
    frames[2] as Buffer,
    skippable,
  ]);
  const expected = Buffer.concat([contents[0] as Buffer, large, large, contents[2] as Buffer]);
  expect((await decode(bytes, "zstd")).equals(expected)).toBe(true);
});

const joined = Buffer.concat(frames);
const lastFrame = joined.length - (frames[4] as Buffer).length;

// In the magic number, the header, a block, the checksum; of the last frame and of the one before.
test.each([1, 3, 4, 5, 6, 8, 12].flatMap((cut) => [lastFrame + cut, lastFrame - cut]))(
  "notices a zstd stream cut off at byte %i",
  async (length) => {
    await expect(decode(joined.subarray(0, length), "zstd")).rejects.toThrow(/it ends at byte \d+, within/);
  },
);

test("notices a long frame that is cut off, wherever that is", async () => {
  const frame = await streamedFrame(generateText(6_000_000));
  for (const length of [9, 1000, frame.length >>> 1, frame.length - 1, frame.length - 4])
    await expect(decode(frame.subarray(0, length), "zstd"), String(length)).rejects.toThrow(/it ends at byte/);
});

test("notices changed bytes by the checksum", async () => {
  for (const source of [frames[2] as Buffer, await streamedFrame(createRandomBytes(3)(5_000_000))]) {
    const damaged = Buffer.from(source);
    damaged.writeUInt8((damaged.readUInt8(source.length >>> 1) ^ 1) & 0xff, source.length >>> 1);
    await expect(decode(damaged, "zstd")).rejects.toThrow(/the zstd frame at byte 0 of the file cannot be decoded/);
  }
});

const lying = Buffer.from(frames[0] as Buffer);
lying.writeUInt32LE(300_001, 5);
const bomb = Buffer.from(zstdCompressSync(Buffer.alloc(3_000_000)));
bomb.writeUInt32LE(100, 5);
const dictionary = Buffer.from(frames[0] as Buffer);
dictionary[4] = (dictionary[4] ?? 0) | 1;
const reserved = Buffer.from(frames[0] as Buffer);
reserved[4] = (reserved[4] ?? 0) | 8;

test.each<[string, Buffer, RegExp]>([
  [
    "garbage behind the last frame",
    Buffer.concat([joined, Buffer.from("garbage")]),
    new RegExp(`what begins at byte ${joined.length} of the file is not zstd data`),
  ],
  ["a size that is not true", lying, /cannot be decoded/],
  ["more content than is stated", bomb, /cannot be decoded/],
  ["a frame that needs a dictionary", dictionary, /needs a dictionary/],
  ["a frame of a future form", reserved, /unknown form/],
  ["no zstd data at all", Buffer.from("not compressed"), /byte 0 of the file is not zstd data/],
])("refuses %s", async (_, bytes, message) => {
  await expect(decode(bytes, "zstd")).rejects.toThrow(message);
});

const gzipped = Buffer.concat(members);
const changed = Buffer.from(gzipped);
changed.writeUInt8(changed.readUInt8(100_000) ^ 1, 100_000);

test.each<[string, Buffer]>([
  ["is cut off in the last member", gzipped.subarray(0, -1)],
  ["is cut off in a header", gzipped.subarray(0, gzipped.length - (members[4] as Buffer).length + 5)],
  ["is cut off in the middle", gzipped.subarray(0, 100_000)],
  ["is followed by garbage", Buffer.concat([gzipped, Buffer.from("garbage")])],
  ["is followed by zeros", Buffer.concat([gzipped, Buffer.alloc(100)])],
  ["has changed", changed],
  ["is none", Buffer.from("not compressed")],
])("refuses gzip data that %s", async (_, bytes) => {
  await expect(decode(bytes, "gzip")).rejects.toThrow(/gzip data/);
  await expect(decode(bytes, "gzip", 1000)).rejects.toThrow(/gzip data/);
});
