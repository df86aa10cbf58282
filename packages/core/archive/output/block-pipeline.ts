import type { FileHandle } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { type BlockRing, createBlockRing } from "./block-ring.ts";
import { type CompressedBlock, type CompressorOptions, createBlockCompressor } from "./compression.ts";
import type { FailureScope } from "./failure-scope.ts";
import { createOutputQueue, type OutputQueue } from "./output-queue.ts";

/** Blocks of tar bytes on their way into the archive: memory → compressor → hash and file. */
export interface BlockPipeline {
  ring: BlockRing;
  queue: OutputQueue;
  /** Copies bytes into the current block; full blocks go on their way. Waits for a free block only. */
  append(bytes: Uint8Array): Promise<void>;
  /** Sends the current block on its way, however full it is. */
  flush(): void;
  /** Sends off a block that another thread has filled; gives it back to that thread when there is room in the queue. */
  submit(slot: number, length: number): void;
  /** Compresses a few bytes by themselves. */
  compressApart(bytes: Uint8Array): Promise<CompressedBlock>;
  close(): void;
}

export interface BlockPipelineOptions {
  compression: Omit<CompressorOptions, "parallel">;
  scope: FailureScope;
  describeError: (error: unknown) => unknown;
}

const blockSize = 1024 * 1024;
const blockCount = 6;
const largestParallel = 3; // libuv has four threads: one is left for files

export function createBlockPipeline(
  file: FileHandle,
  { compression, scope, describeError }: BlockPipelineOptions,
): BlockPipeline {
  const ring = createBlockRing(blockCount, blockSize);
  const parallel = Math.min(availableParallelism() + 1, largestParallel);
  const compressor = createBlockCompressor({ ...compression, parallel });
  const queue = createOutputQueue(file, { scope, describeError });
  let current: { slot: number; block: Buffer; used: number } | undefined;

  const send = (slot: number, length: number): Promise<CompressedBlock> => {
    const block = compressor.compress(ring.block(slot).subarray(0, length));
    queue.push(block);
    return block;
  };
  const flush = () => {
    if (current === undefined) return;
    const { slot, used } = current;
    current = undefined;
    send(slot, used).then(
      () => ring.release(slot),
      () => {}, // the queue reports it
    );
  };
  return {
    ring,
    queue,
    flush,
    async append(bytes) {
      for (let offset = 0; offset < bytes.length; ) {
        scope.throwIfFailed();
        if (current === undefined) {
          const slot = await scope.guard(ring.acquire());
          current = { slot, block: ring.block(slot), used: 0 };
        }
        const size = Math.min(current.block.length - current.used, bytes.length - offset);
        current.block.set(bytes.subarray(offset, offset + size), current.used);
        current.used += size;
        offset += size;
        if (current.used === current.block.length) flush();
      }
    },
    submit(slot, length) {
      send(slot, length)
        .then(() => queue.room())
        .then(
          () => ring.release(slot),
          () => {}, // the scope has failed: nobody waits for blocks any more
        );
    },
    compressApart: (bytes) => compressor.compress(bytes),
    close: () => compressor.close(),
  };
}
