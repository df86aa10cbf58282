import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGunzip, createZstdDecompress, zstdDecompress } from "node:zlib";
import { errorMessage } from "../../errors.ts";
import type { Compression } from "../name.ts";
import { createByteSource } from "./byte-source.ts";
import { Damage } from "./damage.ts";
import { splitZstdFrames, type ZstdFrame } from "./zstd-frames.ts";

const decompressFrame = promisify(zstdDecompress);

/** A frame that is no larger is decompressed as a whole, at the same time as others; the writer's have 1 MiB. */
const wholeFrameLimit = 4 * 1024 * 1024;
const parallelFrames = 3;
const outputChunkSize = 256 * 1024;
/** Room that is left over: a full buffer makes the decoder allocate another one and ask once more, a quarter of its time. */
const spareOutput = 64;

/** The content of a compressed file, in order. Throws `Damage` for bytes that are wrong, missing or too many. */
export function decompress(pieces: AsyncIterable<Buffer>, format: Compression): AsyncIterable<Buffer> {
  if (format === "zstd") return decompressZstd(pieces);
  return format === "gzip" ? decompressGzip(pieces) : pieces;
}

async function* decompressZstd(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const underWay: Promise<Buffer>[] = [];
  for await (const frame of splitZstdFrames(createByteSource(pieces))) {
    const { whole, first } = await collect(frame);
    if (whole !== undefined) {
      underWay.push(decompressWhole(whole, frame));
      if (underWay.length > parallelFrames) yield await (underWay.shift() as Promise<Buffer>);
      continue;
    }
    yield* finishAll(underWay);
    yield* decompressInPieces(first, frame);
  }
  yield* finishAll(underWay);
}

async function* finishAll(underWay: Promise<Buffer>[]): AsyncGenerator<Buffer> {
  for (const content of underWay.splice(0)) yield await content;
}

/** All of a frame's bytes if it and its content are small, else the first of them. */
async function collect({ bytes, contentSize }: ZstdFrame): Promise<{ whole?: Buffer; first: Buffer[] }> {
  if (contentSize === undefined || contentSize > wholeFrameLimit) return { first: [] };
  const collected: Buffer[] = [];
  let size = 0;
  while (true) {
    const { value, done } = await bytes.next();
    if (done) return { whole: Buffer.concat(collected), first: [] };
    collected.push(value);
    size += value.length;
    if (size > 2 * wholeFrameLimit) return { first: collected };
  }
}

function decompressWhole(frame: Buffer, { offset, contentSize = 0 }: ZstdFrame): Promise<Buffer> {
  const options = { maxOutputLength: Math.max(contentSize, 1), chunkSize: contentSize + spareOutput };
  const result = decompressFrame(frame, options).then(
    (content) => {
      if (content.length !== contentSize) throw wrongFrame(offset, "its size is not the one that it states");
      return content;
    },
    (error) => {
      throw wrongFrame(offset, errorMessage(error), error);
    },
  );
  result.catch(() => {}); // it is thrown when its turn comes
  return result;
}

async function* decompressInPieces(first: readonly Buffer[], { offset, bytes }: ZstdFrame): AsyncGenerator<Buffer> {
  const frameBytes = async function* () {
    yield* first;
    yield* bytes;
  };
  const decoder = createZstdDecompress({ chunkSize: outputChunkSize });
  const feeding = pipeline(frameBytes(), decoder);
  feeding.catch(() => {}); // the decoder is destroyed with the same error
  try {
    for await (const piece of decoder) yield piece;
    await feeding;
  } catch (error) {
    throw error instanceof Damage || !isDecoderError(error) ? error : wrongFrame(offset, errorMessage(error), error);
  }
}

function wrongFrame(offset: number, problem: string, cause?: unknown): Damage {
  return new Damage(`the zstd frame at byte ${offset} of the file cannot be decoded: ${problem}`, { cause });
}

async function* decompressGzip(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let fed = 0;
  const counted = async function* () {
    for await (const piece of pieces) {
      fed += piece.length;
      yield piece;
    }
  };
  const decoder = createGunzip({ chunkSize: outputChunkSize });
  const feeding = pipeline(counted(), decoder);
  feeding.catch(() => {}); // the decoder is destroyed with the same error
  try {
    for await (const piece of decoder) yield piece;
    await feeding;
  } catch (error) {
    if (!isDecoderError(error)) throw error;
    throw new Damage(`the gzip data cannot be decoded around byte ${decoder.bytesWritten}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  if (decoder.bytesWritten < fed)
    throw new Damage(`something follows the gzip data, from byte ${decoder.bytesWritten} on`);
}

function isDecoderError(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(Z_|ZSTD_|ERR_)/.test(String(error.code));
}
