import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { formatSidecar } from "@catapullt/core/archive/sidecar";
import { finishFile, syncDirectory } from "@catapullt/core/atomic-file";
import type { ArchiveId, FetchSource, Reception } from "../vault.ts";
import { atPath } from "./errors.ts";
import { type ArchivePaths, fileMode } from "./layout.ts";
import { writeNote } from "./note.ts";

const { O_RDWR, O_CREAT, O_NOFOLLOW, O_TRUNC } = constants;
const readBytes = 1024 * 1024;
// So much may wait in memory for the disk: written out while the next bytes arrive, not all at the end.
const syncBytes = 64 * 1024 * 1024;

export interface ReceptionOptions {
  id: ArchiveId;
  paths: ArchivePaths;
  source: FetchSource;
  /** Whether the part that is there goes on. */
  resume: boolean;
}

export async function openReception({ id, paths, source, resume }: ReceptionOptions): Promise<Reception> {
  const { part, archive, sidecar, sidecarPart, note, directory } = paths;
  const hash = createHash("sha1");
  const handle = await atPath(part, async () => {
    const opened = await open(part, O_RDWR | O_CREAT | O_NOFOLLOW | (resume ? 0 : O_TRUNC), fileMode);
    if (!resume) await writeNote(note, source);
    return opened;
  });
  const resumedFrom = resume ? await atPath(part, () => hashPart(handle, hash)) : 0;
  const writeOut = createWriteOut(handle);
  let position = resumedFrom;
  let unsynced = 0;
  let digest: string | undefined;
  const sha1 = () => {
    digest ??= hash.digest("hex");
    return digest;
  };
  // Ends the writing without keeping anybody from the error that came before.
  const close = async () => {
    await writeOut.settle().catch(() => {});
    await handle.close().catch(() => {});
  };

  return {
    resumedFrom,
    async write(chunk) {
      const written = writeAll(handle, chunk, position);
      hash.update(chunk);
      await atPath(part, () => written);
      position += chunk.length;
      unsynced += chunk.length;
      if (unsynced < syncBytes) return;
      unsynced = 0;
      await atPath(part, () => writeOut.begin());
    },
    sha1,
    async store() {
      await atPath(part, async () => {
        await writeOut.settle();
        await finishFile(handle, { mode: fileMode });
        await handle.close();
        // Written before anything is published: a disk that is full then leaves nothing half done.
        await writeDurably(sidecarPart, formatSidecar(sha1(), id.name));
        await rename(part, archive);
        await syncDirectory(directory);
        await rename(sidecarPart, sidecar);
        await syncDirectory(directory);
        await rm(note, { force: true });
      });
    },
    suspend: close,
    async discard() {
      await close();
      await atPath(part, async () => {
        for (const file of [sidecarPart, note, part]) await rm(file, { force: true });
      });
    },
  };
}

async function writeDurably(path: string, content: string): Promise<void> {
  const handle = await open(path, "w", fileMode);
  try {
    await handle.writeFile(content);
    await finishFile(handle, { mode: fileMode });
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  let offset = 0;
  while (offset < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, offset, chunk.length - offset, position + offset);
    offset += bytesWritten;
  }
}

async function hashPart(handle: FileHandle, hash: ReturnType<typeof createHash>): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  let position = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return position;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/** At most one fdatasync under way beside the transfer; a failure comes out at the next call. */
function createWriteOut(handle: FileHandle): { begin: () => Promise<void>; settle: () => Promise<void> } {
  let underWay: Promise<void> = Promise.resolve();
  return {
    async begin() {
      await underWay;
      underWay = handle.datasync();
      underWay.catch(() => {}); // awaited by the next call
    },
    settle: () => underWay,
  };
}
