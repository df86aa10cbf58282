import { expect, test } from "vitest";
import { createByteSource } from "../input/byte-source.ts";
import { encodePaxRecords } from "./pax.ts";
import { plainEntry } from "./plain-entry.ts";
import { encodeTarHeader, endOfArchive, headerChecksum, paddingSize } from "./tar-header.ts";
import { type ArchiveMember, readTarMembers } from "./tar-members.ts";

const time = new Date("2026-11-23T02:00:00Z");

function member(name: string, content = ""): Buffer {
  const bytes = Buffer.from(content, "latin1");
  return Buffer.concat([
    encodeTarHeader(plainEntry(name, bytes.length, time)),
    bytes,
    Buffer.alloc(paddingSize(bytes.length)),
  ]);
}

/** A member that other software writes: a header with another type flag. */
function special(flag: string, content: string, name = "special"): Buffer {
  const result = member(name, content);
  result.write(flag, 156, "latin1");
  return withChecksum(result);
}

function withChecksum(block: Buffer): Buffer {
  block.write(`${headerChecksum(block).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

async function read(tar: Buffer, pieceSize = 700): Promise<{ member: ArchiveMember; content: string }[]> {
  const found: { member: ArchiveMember; content: string }[] = [];
  const pieces = async function* () {
    for (let offset = 0; offset < tar.length; offset += pieceSize) yield tar.subarray(offset, offset + pieceSize);
  };
  await readTarMembers(createByteSource(pieces()), async (entry, content) => {
    let text = "";
    for await (const piece of content) text += piece.toString("latin1");
    found.push({ member: entry, content: text });
  });
  return found;
}

test.each([1, 511, 512, 700, 100_000])(
  "reads members whatever the size of the pieces (%i bytes)",
  async (pieceSize) => {
    const tar = Buffer.concat([
      member("VERSION", "1.2.3\n"),
      member("empty"),
      member("large", "x".repeat(2000)),
      endOfArchive,
    ]);
    const found = await read(tar, pieceSize);
    expect(found.map(({ member: { name, size }, content }) => [name, size, content])).toEqual([
      ["VERSION", 6, "1.2.3\n"],
      ["empty", 0, ""],
      ["large", 2000, "x".repeat(2000)],
    ]);
    expect(found[0]?.member).toMatchObject({
      type: "file",
      mode: 0o640,
      uid: 0,
      modifiedAt: time,
      linkName: undefined,
    });
  },
);

test("passes over content that is not read", async () => {
  const tar = Buffer.concat([member("first", "x".repeat(5000)), member("second", "y"), endOfArchive]);
  const names: string[] = [];
  const source = createByteSource(
    (async function* () {
      yield tar;
    })(),
  );
  const count = await readTarMembers(source, async ({ name }, content) => {
    names.push(name);
    for await (const _ of content) break;
  });
  expect({ names, count }).toEqual({ names: ["first", "second"], count: 2 });
});

test("understands global and local PAX headers, the local ones for one member only", async () => {
  const global = special(
    "g",
    encodePaxRecords(
      new Map([
        ["uid", "77"],
        ["comment", "x"],
      ]),
    ),
  );
  const local = special(
    "x",
    encodePaxRecords(
      new Map([
        ["path", "long/name"],
        ["mtime", "12.5"],
        ["size", "3"],
      ]),
    ),
  );
  const found = await read(Buffer.concat([global, local, member("short", "abc"), member("next"), endOfArchive]));
  expect(found.map(({ member: entry }) => [entry.name, entry.uid, entry.modifiedAtNanoseconds])).toEqual([
    ["long/name", 77, 12_500_000_000n],
    ["next", 77, BigInt(time.getTime()) * 1_000_000n],
  ]);
});

test("understands GNU's long names and links", async () => {
  const name = `${"d/".repeat(100)}name`;
  const link = special("2", "", "link");
  const found = await read(
    Buffer.concat([special("L", `${name}\0`), special("K", "target\0"), link, member("next"), endOfArchive]),
  );
  expect(found.map(({ member: entry }) => [entry.name, entry.type, entry.linkName])).toEqual([
    [name, "symlink", "target"],
    ["next", "file", undefined],
  ]);
});

test("shows names that are not UTF-8 and keeps their bytes", async () => {
  const [found] = await read(
    Buffer.concat([special("x", encodePaxRecords(new Map([["path", "caf\u00e9"]]))), member("x"), endOfArchive]),
  );
  expect(found?.member.name).toBe("caf\\xe9");
  expect(found?.member.rawName.equals(Buffer.from([0x63, 0x61, 0x66, 0xe9]))).toBe(true);
});

test("accepts the zeros by which tar fills its last record", async () => {
  await expect(read(Buffer.concat([member("a"), endOfArchive, Buffer.alloc(9216)]))).resolves.toHaveLength(1);
});

const good = member("files/home/page", "x".repeat(1000));
const wrongSum = Buffer.from(good);
wrongSum[0] = 0x67;
const negative = withChecksum(Buffer.from(good).fill(0xff, 124, 136));
const letters = withChecksum(Buffer.from(good).fill("9", 124, 135));

test.each<[string, Buffer, RegExp]>([
  ["an empty stream", Buffer.alloc(0), /ends at byte 0 of the tar data, after the beginning, without an end mark/],
  ["no end mark", good, /ends at byte 1536 of the tar data, after files\/home\/page, without an end mark/],
  ["half an end mark", Buffer.concat([good, Buffer.alloc(512)]), /half of the end mark is missing/],
  ["a cut-off header", Buffer.concat([good, good.subarray(0, 100)]), /ends at byte 1636/],
  ["a cut-off content", good.subarray(0, 912), /within files\/home\/page: 600 of 1000 bytes are missing/],
  ["a cut-off padding", good.subarray(0, 1520), /ends at byte 1520/],
  ["a missing padding", good.subarray(0, 1512), /within files\/home\/page/],
  [
    "a wrong checksum",
    Buffer.concat([good, wrongSum, endOfArchive]),
    /at byte 1536 of the tar data, after files\/home\/page, the checksum of a header is wrong/,
  ],
  ["something behind the end", Buffer.concat([good, endOfArchive, Buffer.from("x")]), /something follows the end mark/],
  ["a negative size", Buffer.concat([negative, endOfArchive]), /negative size/],
  ["digits that are not octal", Buffer.concat([letters, endOfArchive]), /a number that is none/],
  [
    "a PAX size that is no number",
    Buffer.concat([special("x", "11 size=1x\n"), good, endOfArchive]),
    /files\/home\/page has no valid size/,
  ],
  [
    "a negative PAX size",
    Buffer.concat([special("x", "11 size=-1\n"), good, endOfArchive]),
    /files\/home\/page has no valid size/,
  ],
  [
    "a PAX size beyond all numbers",
    Buffer.concat([special("x", "25 size=9999999999999999\n"), good, endOfArchive]),
    /files\/home\/page has no valid size/,
  ],
  ["a PAX time that is none", Buffer.concat([special("x", "13 mtime=now\n"), good, endOfArchive]), /no valid time/],
  ["PAX records without form", Buffer.concat([special("x", "rubbish"), good, endOfArchive]), /not in PAX format/],
])("reports %s", async (_, tar, message) => {
  await expect(read(tar)).rejects.toThrow(message);
});

test("allocates nothing for what a header merely claims", async () => {
  const claim = Buffer.from(encodeTarHeader({ ...plainEntry("bomb", 0, time), size: 2 ** 52 }));
  await expect(read(Buffer.concat([claim, Buffer.alloc(512)]))).rejects.toThrow(
    /within bomb: \d+ of 4503599627370496 bytes are missing/,
  );
  const header = withChecksum(Buffer.from(encodeTarHeader(plainEntry("x", 2 ** 32, time)).fill("x", 156, 157)));
  await expect(read(Buffer.concat([header, Buffer.alloc(512)]))).rejects.toThrow(
    /an extended header claims 4294967296 bytes/,
  );
});
