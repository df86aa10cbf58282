import type { Readable } from "node:stream";
import type { PipeReader } from "@catapullt/core/process/wrap";

export interface PassThrough {
  /** Takes what a pipe gives without a detour; what another source gives comes as its data. */
  reader: PipeReader;
  /** Begins to pass on what a source gives. */
  attach(source: Readable): void;
  /** Settles when the source has ended or was left. Never rejects. */
  finished: Promise<void>;
  /** Settles when, after that, everything is written or cannot be. Never rejects. */
  delivered: Promise<void>;
  /** No longer holds the source back: what a command has left in its pipe is read although our own reader is slow. */
  hurry(): void;
  /** Stops reading, although somebody may still hold the other end open. */
  leave(): void;
}

export interface PassThroughTarget {
  /** Sees every chunk before it is written. */
  onChunk: (chunk: Buffer) => void;
  /** Settles when the chunks are taken; never rejects. */
  write: (chunks: readonly Buffer[]) => Promise<void>;
}

/** How much may wait to be written, in bytes, before the source is held back; after `hurry`, also all that a pipe holds. */
const usualBacklog = 256 * 1024;
const finalBacklog = usualBacklog + 1024 * 1024;
/** The largest piece that a source gives at once. */
const largestChunk = 64 * 1024;

/**
 * Copies bytes as they come. Writes happen outside the event loop and hold the source back, so a reader that is slow or
 * stuck neither costs memory nor keeps signals and time limits from being served. What comes during one write is gathered
 * for the next, since many small writes are what costs time.
 */
export function passThrough({ onChunk, write }: PassThroughTarget): PassThrough {
  let source: Readable | undefined;
  let gathering = createBlock();
  let spare = createBlock();
  let limit = usualBacklog;
  let isHeld = false;
  let writing: Promise<void> | undefined;
  const closed = Promise.withResolvers<void>();

  function take(chunk: Buffer): void {
    onChunk(chunk);
    gathering = addToBlock(gathering, chunk);
    isHeld = gathering.length > limit;
    if (isHeld) source?.pause();
    writing ??= writeGathered();
  }

  function release(): void {
    if (!isHeld) return;
    isHeld = false;
    source?.resume();
  }

  async function writeGathered(): Promise<void> {
    while (gathering.length > 0) {
      const block = gathering;
      gathering = spare;
      gathering.length = 0;
      release();
      await write([block.bytes.subarray(0, block.length)]);
      spare = block;
    }
    writing = undefined;
  }

  return {
    reader: {
      buffer() {
        gathering = reserve(gathering, largestChunk);
        return gathering.bytes.subarray(gathering.length, gathering.length + largestChunk);
      },
      callback(bytes, buffer) {
        take(Buffer.from(buffer.buffer, buffer.byteOffset, bytes));
        return true;
      },
    },
    attach(attached) {
      source = attached;
      attached.on("data", take);
      attached.on("error", () => {}); // `close` follows
      attached.once("close", closed.resolve);
    },
    finished: closed.promise,
    delivered: closed.promise.then(() => writing),
    hurry() {
      limit = finalBacklog;
      release();
    },
    leave() {
      source?.destroy();
    },
  };
}

interface Block {
  bytes: Buffer;
  length: number;
}

function createBlock(size = usualBacklog + largestChunk): Block {
  return { bytes: Buffer.allocUnsafeSlow(size), length: 0 };
}

/** Often the chunk stands where it belongs already. */
function addToBlock(block: Block, chunk: Buffer): Block {
  const isInPlace = chunk.buffer === block.bytes.buffer && chunk.byteOffset === block.bytes.byteOffset + block.length;
  const target = isInPlace ? block : reserve(block, chunk.length);
  if (!isInPlace) chunk.copy(target.bytes, target.length);
  target.length += chunk.length;
  return target;
}

/** The block, or a larger one with the same content, with room for so many bytes more. */
function reserve(block: Block, count: number): Block {
  if (block.length + count <= block.bytes.length) return block;
  const larger = createBlock(2 * (block.length + count));
  block.bytes.copy(larger.bytes, 0, 0, block.length);
  return { ...larger, length: block.length };
}
