import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { formatSidecar } from "@catapullt/core/archive/sidecar";
import { finishFile, syncDirectory } from "@catapullt/core/atomic-file";
import type { ArchiveId, FetchSource, Reception } from "../vault.ts";
import { atPath } from "./errors.ts";
import { type ArchivePaths, fileMode } from "./layout.ts";
import { writeNote } from "./note.ts";
import { createPartWriter } from "./part-writer.ts";

const { O_RDWR, O_CREAT, O_NOFOLLOW, O_TRUNC } = constants;
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
  const handle = await atPath(part, () => open(part, O_RDWR | O_CREAT | O_NOFOLLOW | (resume ? 0 : O_TRUNC), fileMode));
  const writer = await atPath(part, async () => {
    try {
      if (!resume) await writeNote(note, source);
      return await createPartWriter(handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  });
  const writeOut = createWriteOut(handle);
  let unsynced = 0;
  let digest: Promise<string> | undefined;
  const sha1 = () => {
    digest ??= atPath(part, () => writer.finish());
    return digest;
  };
  // Ends the writing without keeping anybody from the error that came before.
  const close = async () => {
    await sha1().catch(() => {});
    await writeOut.settle().catch(() => {});
    await handle.close().catch(() => {});
  };

  return {
    resumedFrom: writer.resumedFrom,
    async write(chunk) {
      await atPath(part, () => writer.write(chunk));
      unsynced += chunk.length;
      if (unsynced < syncBytes) return;
      unsynced = 0;
      await atPath(part, () => writeOut.begin());
    },
    sha1,
    async store() {
      const content = formatSidecar(await sha1(), id.name);
      await atPath(part, async () => {
        await writeOut.settle();
        await finishFile(handle, { mode: fileMode });
        await handle.close();
        // Written before anything is published: a disk that is full then leaves nothing half done.
        await writeDurably(sidecarPart, content);
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
