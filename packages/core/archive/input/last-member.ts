import type { FileHandle } from "node:fs/promises";
import type { Compression } from "../name.ts";
import { readTarMembers } from "../tar/tar-members.ts";
import { createByteSource } from "./byte-source.ts";
import { Damage } from "./damage.ts";
import { decompress } from "./decompression.ts";

const tailSize = 4 * 1024 * 1024;
const attemptLimit = 100;
const contentLimit = 64 * 1024 * 1024;

// What a zstd frame, a gzip member with deflate, and the header of a member of that name begin with.
const marks: Record<Compression, (name: string) => Buffer> = {
  zstd: () => Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
  gzip: () => Buffer.from([0x1f, 0x8b, 0x08]),
  none: (name) => Buffer.from(`${name}\0`),
};

/**
 * The content of the member `name` where it is the last of an archive and a compressed unit of its own begins with it, as
 * these tools write it: found from the file's end, however long the file is. Undefined where it is not so; what comes before
 * it is not looked at.
 */
export async function readLastMember(file: FileHandle, format: Compression, name: string): Promise<Buffer | undefined> {
  const { size } = await file.stat();
  const tail = Buffer.alloc(Math.min(size, tailSize));
  const { bytesRead } = await file.read(tail, 0, tail.length, size - tail.length);
  const mark = marks[format](name);
  let position = bytesRead === tail.length ? tail.lastIndexOf(mark) : -1;
  for (let attempt = 0; position >= 0 && attempt < attemptLimit; attempt += 1) {
    const content = await readOnlyMember(tail.subarray(position), format, name);
    if (content !== undefined || position === 0) return content;
    position = tail.lastIndexOf(mark, position - 1);
  }
  return undefined;
}

/** The content of the only member in `bytes`; undefined where they are no whole tar data with this one member. */
async function readOnlyMember(bytes: Buffer, format: Compression, name: string): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  const source = createByteSource(decompress(once(bytes), format));
  try {
    const count = await readTarMembers(source, async (member, content) => {
      if (member.name !== name || member.size > contentLimit) throw new Damage("it is another member");
      for await (const piece of content) pieces.push(piece);
    });
    return count === 1 ? Buffer.concat(pieces) : undefined;
  } catch (error) {
    if (error instanceof Damage) return undefined;
    throw error;
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
