import { createHash } from "node:crypto";
import { plainEntry } from "../tar/plain-entry.ts";
import { encodeTarHeader, paddingSize } from "../tar/tar-header.ts";
import type { BlockPipeline } from "./block-pipeline.ts";
import type { FailureScope } from "./failure-scope.ts";

export interface StreamSummary {
  /** The member's name, without the number of a part. */
  member: string;
  /** How many members it takes. */
  parts: number;
  /** Bytes and SHA1 of the content as a whole, uncompressed. */
  bytes: number;
  sha1: string;
}

export interface SegmentLimits {
  /** Compressed bytes that are held in memory. */
  compressed: number;
  /** Bytes of content. */
  content: number;
}

// Eight GiB and more would not fit into the plain header; readers without PAX would stumble.
const defaultLimits: SegmentLimits = { compressed: 8 * 1024 * 1024, content: 4 * 1024 ** 3 };

export interface StreamOptions {
  scope: FailureScope;
  time: Date;
  onProgress: (bytesRead: number) => void;
  limits?: SegmentLimits;
}

/**
 * Writes a stream of unknown length as one member, or as consecutive members `<member>.0001`, `.0002`, … A tar header tells
 * the size of what follows; so a segment is compressed first and held back in memory, then its header goes in front.
 */
export async function writeStreamMembers(
  { member, source }: { member: string; source: AsyncIterable<Uint8Array> },
  pipeline: BlockPipeline,
  options: StreamOptions,
): Promise<StreamSummary> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    return await writeSegments({ member, iterator }, pipeline, options);
  } catch (error) {
    // A source that hangs must not hold up the end: it is told to stop, and nobody waits for it.
    iterator.return?.().catch(() => {});
    throw error;
  }
}

async function writeSegments(
  { member, iterator }: { member: string; iterator: AsyncIterator<Uint8Array> },
  pipeline: BlockPipeline,
  { scope, time, onProgress, limits = defaultLimits }: StreamOptions,
): Promise<StreamSummary> {
  const hash = createHash("sha1");
  let bytes = 0;
  let parts = 0;
  let segment = beginSegment(pipeline);
  const endSegment = async (isSplit: boolean) => {
    parts += 1;
    const name = isSplit ? `${member}.${String(parts).padStart(4, "0")}` : member;
    await pipeline.append(Buffer.alloc(paddingSize(segment.size)));
    pipeline.flush();
    segment.setHeader(encodeTarHeader(plainEntry(name, segment.size, time)));
  };
  while (true) {
    const { value: chunk, done } = await scope.guard(iterator.next());
    if (done) break;
    hash.update(chunk);
    bytes += chunk.length;
    onProgress(chunk.length);
    for (let offset = 0; offset < chunk.length; ) {
      if (segment.size >= limits.content || pipeline.queue.heldBytes() >= limits.compressed) {
        await endSegment(true);
        segment = beginSegment(pipeline);
      }
      await pipeline.queue.room();
      const piece = chunk.subarray(offset, offset + limits.content - segment.size);
      await pipeline.append(piece);
      segment.size += piece.length;
      offset += piece.length;
    }
  }
  await endSegment(parts > 0);
  return { member, parts, bytes, sha1: hash.digest("hex") };
}

interface Segment {
  size: number;
  setHeader(header: Uint8Array): void;
}

function beginSegment(pipeline: BlockPipeline): Segment {
  pipeline.flush();
  const fill = pipeline.queue.reserve();
  return { size: 0, setHeader: (header) => fill(pipeline.compressApart(header)) };
}
