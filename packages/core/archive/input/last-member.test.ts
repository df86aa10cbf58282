import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, onTestFinished, test } from "vitest";
import { writeSampleArchive } from "../../test/archive-fixture.ts";
import type { Compression } from "../name.ts";
import { plainEntry } from "../tar/plain-entry.ts";
import { encodeTarHeader, endOfArchive, paddingSize } from "../tar/tar-header.ts";
import { readLastMember } from "./last-member.ts";

async function opened(path: string): Promise<FileHandle> {
  const file = await open(path, "r+");
  onTestFinished(() => file.close());
  return file;
}

async function fileOf(...parts: Buffer[]): Promise<FileHandle> {
  const path = join(temporaryDirectory(), "archive");
  const file = await open(path, "wx");
  await file.writeFile(Buffer.concat(parts));
  await file.close();
  return opened(path);
}

function member(name: string, content: Buffer): Buffer {
  const header = encodeTarHeader(plainEntry(name, content.length, new Date(0)));
  return Buffer.concat([header, content, Buffer.alloc(paddingSize(content.length))]);
}

const manifest = Buffer.from('{ "schemaVersion": 1 }\n');
const inner = Buffer.concat([
  member("VERSION", Buffer.from("1\n")),
  member("manifest.json", Buffer.from("{}")),
  endOfArchive,
]);

test.each<Compression>(["zstd", "gzip", "none"])(
  "finds the manifest without looking at what comes before it (%s)",
  async (format) => {
    const archive = await writeSampleArchive(join(temporaryDirectory(), "archives"), { format });
    const file = await opened(archive.path);
    await file.write(Buffer.alloc(20, 0xff), 0, 20, 0);
    const content = await readLastMember(file, format, "manifest.json");
    expect(JSON.parse(String(content))).toEqual(archive.manifest);
  },
);

test.each<[Compression, (bytes: Buffer) => Buffer]>([
  ["zstd", (bytes) => zstdCompressSync(bytes)],
  ["gzip", (bytes) => gzipSync(bytes)],
  ["none", (bytes) => bytes],
])("is not misled by an archive within the archive (%s)", async (format, compress) => {
  const file = member("files/home/old", compress(inner));
  const last = Buffer.concat([member("manifest.json", manifest), endOfArchive]);
  expect(await readLastMember(await fileOf(compress(file), compress(last)), format, "manifest.json")).toEqual(manifest);
  const other = Buffer.concat([member("other", manifest), endOfArchive]);
  expect(await readLastMember(await fileOf(compress(file), compress(other)), format, "manifest.json")).toBeUndefined();
});

test.each<[string, Buffer[]]>([
  ["everything is one unit", [zstdCompressSync(Buffer.concat([member("VERSION", manifest), inner]))]],
  ["the end is cut off", [zstdCompressSync(member("manifest.json", manifest))]],
  [
    "something follows",
    [zstdCompressSync(Buffer.concat([member("manifest.json", manifest), endOfArchive])), Buffer.from("x")],
  ],
  ["the file is empty", []],
  ["the file holds something else", [Buffer.alloc(100_000, Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))]],
])("finds nothing where %s", async (_, parts) => {
  expect(await readLastMember(await fileOf(...parts), "zstd", "manifest.json")).toBeUndefined();
});
