import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncDirectory } from "../atomic-file.ts";
import { hasErrorCode } from "../errors.ts";
import type { Compression } from "./name.ts";
import { type BlockPipeline, createBlockPipeline } from "./output/block-pipeline.ts";
import { createFailureScope, type FailureScope } from "./output/failure-scope.ts";
import { writeFileMember } from "./output/file-member.ts";
import { findLeftovers } from "./output/leftovers.ts";
import { openUnfinishedArchive } from "./output/publishing.ts";
import { type StreamSummary, writeStreamMembers } from "./output/stream-members.ts";
import { describeWriteError } from "./output/write-error.ts";
import { plainEntry } from "./tar/plain-entry.ts";
import { encodeTarHeader, endOfArchive, paddingSize } from "./tar/tar-header.ts";
import type { TreeRequest, TreeSummary } from "./tree/tree-request.ts";
import { readTreeInThread } from "./tree/tree-thread.ts";
import { keepYoungGenerationSmall } from "./young-generation.ts";

export interface ArchiveWriterOptions {
  /** `<workDir>/<application>`: made where it is missing, its parent is not. */
  directory: string;
  application: string;
  time: Date;
  compression: { format: Compression; level: number };
  /** Numeric group of the archive and its sidecar; the process's own if absent. */
  group?: number | undefined;
  /** Ends the writing within one block; what was begun then fails with the signal's reason. */
  signal: AbortSignal;
  /** Called with the bytes that were read since the last call. */
  onProgress?: ((bytesRead: number) => void) | undefined;
}

export interface FinishedArchive {
  name: string;
  path: string;
  bytes: number;
  sha1: string;
}

/**
 * Writes one archive in one pass, one call after another. After a failure every further call fails with the same reason,
 * and `abort` is due. Failures to write are `work-directory-unusable` or `archive-write-failed`.
 */
export interface ArchiveWriter {
  /** The base name that the archive will have. */
  readonly name: string;
  addContent(member: string, content: string | Uint8Array): Promise<void>;
  /** A stream of unknown length, as one member or as `<member>.0001`, `.0002`, …; its own errors come through. */
  addStream(member: string, source: AsyncIterable<Uint8Array>): Promise<StreamSummary>;
  /** One file; fails with `files-unreadable` when it cannot be read or changes meanwhile. */
  addFile(member: string, path: string): Promise<StreamSummary>;
  /** A directory or file as `files/<label>/…`; fails with `files-unreadable` when anything in it cannot be read. */
  addTree(tree: TreeRequest): Promise<TreeSummary>;
  /** Publishes archive and sidecar. */
  finish(): Promise<FinishedArchive>;
  /** Removes what was begun; safe at any time and any number of times, without effect on a finished archive. */
  abort(): Promise<void>;
}

/** Begins an archive. The name is that of `time`, or of the next second that is free. */
export async function createArchive(options: ArchiveWriterOptions): Promise<ArchiveWriter> {
  const { directory, application, time, compression, group, signal, onProgress = () => {} } = options;
  signal.throwIfAborted();
  keepYoungGenerationSmall();
  const archive = { application, time, compression: compression.format };
  const unfinished = await openUnfinishedArchive({ directory, archive, group }).catch((error) => {
    throw describeWriteError(error, { directory });
  });
  const scope = createFailureScope(signal);
  const describeError = (error: unknown) =>
    describeWriteError(error, { directory, writtenBytes: pipeline.queue.writtenBytes() });
  const pipeline = createBlockPipeline(unfinished.file, { compression, scope, describeError });
  const context = { scope, time, onProgress };
  const close = () => {
    scope.end();
    pipeline.close();
  };
  return {
    name: unfinished.name,
    addContent: (member, content) =>
      attempt(scope, () => writeContentMember({ member, content: Buffer.from(content as string) }, pipeline, time)),
    addStream: (member, source) => attempt(scope, () => writeStreamMembers({ member, source }, pipeline, context)),
    addFile: (member, path) => attempt(scope, () => writeFileMember({ member, path }, pipeline, context)),
    addTree: (tree) => attempt(scope, () => writeTreeMembers(tree, pipeline, context)),
    finish: () =>
      attempt(scope, async () => {
        await pipeline.append(endOfArchive);
        pipeline.flush();
        const { bytes, sha1 } = await pipeline.queue.end();
        await unfinished.publish(sha1).catch((error) => {
          throw describeError(error);
        });
        close();
        return { name: unfinished.name, path: unfinished.path, bytes, sha1 };
      }),
    async abort() {
      scope.fail(new Error("the archive was given up"));
      close();
      await unfinished.discard();
    },
  };
}

async function attempt<T>(scope: FailureScope, work: () => Promise<T>): Promise<T> {
  scope.throwIfFailed();
  try {
    return await work();
  } catch (error) {
    scope.fail(error);
    throw error;
  }
}

async function writeContentMember(
  { member, content }: { member: string; content: Uint8Array },
  pipeline: BlockPipeline,
  time: Date,
): Promise<void> {
  await pipeline.queue.room();
  pipeline.flush(); // each begins a compressed unit of its own, so that the manifest can be read from the file's end
  await pipeline.append(encodeTarHeader(plainEntry(member, content.length, time)));
  await pipeline.append(content);
  await pipeline.append(Buffer.alloc(paddingSize(content.length)));
}

async function writeTreeMembers(
  tree: TreeRequest,
  pipeline: BlockPipeline,
  { scope, onProgress }: { scope: FailureScope; onProgress: (bytesRead: number) => void },
): Promise<TreeSummary> {
  pipeline.flush();
  await scope.guard(pipeline.ring.idle());
  return readTreeInThread(tree, {
    memory: pipeline.ring.memory,
    scope,
    onBlock(slot, length) {
      pipeline.submit(slot, length);
      onProgress(length);
    },
  });
}

/**
 * Removes what dead runs left of an application's archives (see `findLeftovers`) and returns the names. Call it with the
 * application's lock held, so that every run but this one is dead. A directory that does not exist has no leftovers.
 */
export async function removeLeftovers(directory: string, application: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    const leftovers = findLeftovers(files, application);
    for (const name of leftovers) await rm(join(directory, name), { force: true });
    if (leftovers.length > 0) await syncDirectory(directory);
    return leftovers;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return [];
    throw describeWriteError(error, { directory });
  }
}
