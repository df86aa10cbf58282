import { constants, createGzip, createZstdCompress } from "node:zlib";
import type { Compression } from "../name.ts";

/** One block compressed: a whole zstd frame, a whole gzip member or a copy, in pieces. */
export interface CompressedBlock {
  pieces: readonly Uint8Array[];
  /**
   * Gives the memory back at once; the pieces must not be used any more. To be called in the order in which the blocks were
   * handed in. Left to the garbage collector it would be some 60 MB more.
   */
  free(): void;
}

/** Compresses blocks independently of each other, several at a time. */
export interface BlockCompressor {
  /** The block must stay as it is until the promise is settled. */
  compress(block: Uint8Array): Promise<CompressedBlock>;
  close(): void;
}

export interface CompressorOptions {
  format: Compression;
  /** 1 to 22 for zstd, 1 to 9 for gzip; without meaning for `none`. */
  level: number;
  /** How many blocks are compressed at the same time. */
  parallel: number;
}

/**
 * Frames one after another are a valid zstd stream (RFC 8878, 3), members one after another a valid gzip file (RFC 1952,
 * 2.2): so blocks are compressed on several cores without zstd's own threads, which Node's streams cannot use.
 */
export function createBlockCompressor({ format, level, parallel }: CompressorOptions): BlockCompressor {
  if (format === "none") return { compress: async (block) => ownBlock(Buffer.from(block)), close() {} };
  const lanes = Array.from({ length: parallel }, () => (format === "zstd" ? zstdLane(level) : gzipLane(level)));
  const free = [...lanes];
  const waiting: ((lane: BlockCompressor) => void)[] = [];
  return {
    async compress(block) {
      const lane = free.pop() ?? (await new Promise<BlockCompressor>((resolve) => waiting.push(resolve)));
      try {
        return await lane.compress(block);
      } finally {
        const next = waiting.shift();
        if (next === undefined) free.push(lane);
        else next(lane);
      }
    },
    close() {
      for (const lane of lanes) lane.close();
    },
  };
}

const zstdChunkSize = 1024 * 1024;

// With this flush mode every write makes one whole frame that states its content size.
function zstdLane(level: number): BlockCompressor {
  const stream = createZstdCompress({
    flush: constants.ZSTD_e_end,
    chunkSize: zstdChunkSize,
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  let pieces: Uint8Array[] = [];
  stream.on("data", (piece: Uint8Array) => pieces.push(piece));
  return {
    async compress(block) {
      await new Promise<void>((resolve, reject) => {
        stream.once("error", reject);
        stream.write(block, (error) => {
          stream.off("error", reject);
          if (error) reject(error);
          else resolve();
        });
      });
      const result = pieces;
      pieces = [];
      return { pieces: result, free: () => result.forEach(freeUsedUp) };
    },
    close: () => stream.destroy(),
  };
}

// The stream puts pieces one after another into chunks of memory; the one that ends a chunk is the last to use it.
function freeUsedUp({ buffer, byteOffset, byteLength }: Uint8Array): void {
  if (byteOffset + byteLength === zstdChunkSize) release(buffer, zstdChunkSize);
}

const gzipChunkSize = 128 * 1024;

function gzipLane(level: number): BlockCompressor {
  return {
    async compress(block) {
      const stream = createGzip({ level, chunkSize: gzipChunkSize });
      stream.end(block);
      const chunks: Buffer[] = await stream.toArray();
      const member = Buffer.concat(chunks);
      for (const { buffer } of chunks) release(buffer, gzipChunkSize);
      return ownBlock(member);
    },
    close() {},
  };
}

function ownBlock(content: Buffer): CompressedBlock {
  return { pieces: [content], free: () => release(content.buffer, content.length) };
}

// Memory that others may use too, such as Node's pool for small buffers, has another size and is left alone.
function release(buffer: ArrayBufferLike, ownSize: number): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === ownSize) buffer.transfer(0);
}
