import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { errorMessage, hasErrorCode, OperationError } from "../../errors.ts";
import { plainEntry } from "../tar/plain-entry.ts";
import { encodeTarHeader, paddingSize } from "../tar/tar-header.ts";
import type { BlockPipeline } from "./block-pipeline.ts";
import type { FailureScope } from "./failure-scope.ts";
import type { StreamSummary } from "./stream-members.ts";

export interface FileMemberOptions {
  scope: FailureScope;
  time: Date;
  onProgress: (bytesRead: number) => void;
}

const readSize = 1024 * 1024;

/** Writes one file that nobody else changes as one member. */
export async function writeFileMember(
  { member, path }: { member: string; path: string },
  pipeline: BlockPipeline,
  { scope, time, onProgress }: FileMemberOptions,
): Promise<StreamSummary> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error) => {
    throw unreadable(path, error);
  });
  try {
    const { size } = await file.stat();
    const hash = createHash("sha1");
    const space = Buffer.alloc(Math.min(readSize, size));
    await pipeline.append(encodeTarHeader(plainEntry(member, size, time)));
    for (let rest = size; rest > 0; ) {
      const piece = await readPiece(file, space.subarray(0, rest), path);
      hash.update(piece);
      await pipeline.queue.room();
      await pipeline.append(piece);
      onProgress(piece.length);
      rest -= piece.length;
    }
    await pipeline.append(Buffer.alloc(paddingSize(size)));
    scope.throwIfFailed();
    return { member, parts: 1, bytes: size, sha1: hash.digest("hex") };
  } finally {
    await file.close();
  }
}

async function readPiece(file: FileHandle, space: Buffer, path: string): Promise<Buffer> {
  const { bytesRead } = await file.read(space, 0, space.length).catch((error) => {
    throw unreadable(path, error);
  });
  if (bytesRead === 0) throw new OperationError("files-unreadable", `${path} was cut off while it was read`);
  return space.subarray(0, bytesRead);
}

function unreadable(path: string, error: unknown): unknown {
  if (!hasErrorCode(error, "ENOENT", "EACCES", "EPERM", "EIO", "ELOOP", "EISDIR", "ESTALE")) return error;
  return new OperationError("files-unreadable", `${path} cannot be read: ${errorMessage(error)}`, { cause: error });
}
