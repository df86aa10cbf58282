import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** Writes a part and hashes it on the way, what was in it before included. Errors are the system's own. */
export interface PartWriter {
  /** Bytes that were in the part already. */
  resumedFrom: number;
  /** Takes the next bytes; they may change once it has returned. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the writing once everything is written: the SHA1 of the whole part in hexadecimal. */
  finish(): Promise<string>;
}

const readBytes = 1024 * 1024;

/** Writes and hashes in this thread: right for parts that are not large. */
export async function createPartWriter(handle: FileHandle): Promise<PartWriter> {
  const hash = createHash("sha1");
  const resumedFrom = await hashExisting(handle, hash);
  let position = resumedFrom;
  return {
    resumedFrom,
    async write(chunk) {
      const written = writeAll(handle, chunk, position);
      hash.update(chunk);
      await written;
      position += chunk.length;
    },
    finish: async () => hash.digest("hex"),
  };
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  let offset = 0;
  while (offset < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, offset, chunk.length - offset, position + offset);
    offset += bytesWritten;
  }
}

async function hashExisting(handle: FileHandle, hash: ReturnType<typeof createHash>): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  let position = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return position;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
