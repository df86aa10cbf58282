import { describe, expect, test } from "vitest";
import { createArchiveScanner } from "./archive-scanner.ts";

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = value < 0 ? 1 : 0;
  bytes.writeUInt32LE(Math.abs(value), 1);
  return bytes;
}

function text(value: string | undefined): Buffer {
  return value === undefined ? integer(-1) : Buffer.concat([integer(Buffer.byteLength(value)), Buffer.from(value)]);
}

interface Shape {
  minor?: number;
  format?: number;
  compression?: number;
}

/** An archive as pg_dump of the release with this format writes it; `WriteHead` and `WriteToc` in its source. */
function archive(blocks: readonly Buffer[], { minor = 14, format = 1, compression = 0 }: Shape = {}): Buffer {
  const entry = Buffer.concat([
    ...[integer(7), integer(1), text("0"), text("16386"), text("team"), text("TABLE DATA"), integer(3)],
    ...[text("CREATE TABLE …".repeat(20)), text(""), text("COPY public.team FROM stdin;\n"), text("public"), text("")],
    ...(minor >= 14 ? [text("heap")] : []),
    ...(minor >= 16 ? [integer(114)] : []),
    ...[text("o\nwner"), text("false"), text("214"), text(undefined), Buffer.from([2]), Buffer.alloc(8)],
  ]);
  return Buffer.concat([
    Buffer.from("PGDMP"),
    Buffer.from([1, minor, 0, 4, 8, format]),
    minor >= 15 ? Buffer.from([compression]) : integer(compression),
    ...[1, 2, 3, 4, 5, 126, 0].map(integer),
    ...[text("wiki"), text("15.18"), text("15.18")],
    integer(2),
    entry,
    entry,
    ...blocks,
  ]);
}

function table(dumpId: number, chunks: readonly string[]): Buffer {
  return Buffer.concat([Buffer.from([1]), integer(dumpId), ...chunks.map(text), integer(0)]);
}

function scan(bytes: Buffer, pieceLength = bytes.length): Record<number, unknown> | undefined {
  const scanner = createArchiveScanner();
  for (let at = 0; at < bytes.length; at += pieceLength) scanner.push(bytes.subarray(at, at + pieceLength));
  const figures = scanner.end();
  return figures && Object.fromEntries(figures);
}

const blocks = [
  table(7, ["1\ta\n", "2\tb\\n\n", "3\t\\\\.\n", "\\.\n\n\n"]),
  table(8, ["\\.\n\n\n"]),
  table(9, ["1\n2\n3\n4", "\n5\n\\.\n", "\n\n"]),
  Buffer.concat([
    ...[Buffer.from([3]), integer(10), integer(16400), text("\n\n\n"), text("x"), integer(0)],
    ...[integer(16401), integer(0), integer(0)],
  ]),
];
const figures = {
  7: { rows: 3, bytes: 16 },
  8: { rows: 0, bytes: 0 },
  9: { rows: 5, bytes: 10 },
  10: { rows: undefined, bytes: 4 },
};

describe("createArchiveScanner", () => {
  test.each([12, 13, 14, 15, 16])("counts rows and bytes in format 1.%d, however it is cut into pieces", (minor) => {
    const bytes = archive(blocks, { minor });
    for (const length of [1, 2, 3, 5, 7, 64, bytes.length]) expect(scan(bytes, length)).toEqual(figures);
  });

  test("counts rows in the format of COPY only", () => {
    expect(scan(archive([table(7, ["INSERT INTO team VALUES (1);\n"])]))).toEqual({
      7: { rows: undefined, bytes: 29 },
    });
  });

  test.each([
    ["a format that is newer than what is known", archive(blocks, { minor: 17 })],
    ["a format that is older", archive(blocks, { minor: 11 })],
    ["the format of a tar archive", archive(blocks, { format: 3 })],
    ["an archive that is compressed", archive(blocks, { compression: 6 })],
    ["an archive that is compressed in the newer way", archive(blocks, { minor: 16, compression: 2 })],
    ["an archive that is cut in its head", archive(blocks).subarray(0, 300)],
    ["an archive that is cut in its data", archive(blocks).subarray(0, -3)],
    ["a block of a kind that is not known", archive([Buffer.from([9, 0, 0, 0, 0, 0, 0])])],
    ["something else", Buffer.from("hello world, how are you?")],
    ["nothing", Buffer.alloc(0)],
  ])("gives no figures for %s", (_, bytes) => {
    expect(scan(bytes)).toBeUndefined();
    expect(scan(bytes, 1)).toBeUndefined();
  });
});
