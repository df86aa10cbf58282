import type { ByteSource } from "./byte-source.ts";
import { Damage } from "./damage.ts";

/**
 * One frame of a zstd stream (RFC 8878, 3.1). Node's decoder stops silently after the first of several frames, and does not
 * notice when a later one is cut off: so frames are told apart here, by their headers and the headers of their blocks.
 */
export interface ZstdFrame {
  /** Where it begins in the compressed stream. */
  offset: number;
  /** Bytes after decompression, where the frame states it. */
  contentSize: number | undefined;
  /** The frame's bytes to its end, headers included; to be read before the next frame. */
  bytes: AsyncGenerator<Buffer>;
}

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50; // and the fifteen that follow
const blockSizeLimit = 128 * 1024;
const blockType = { raw: 0, repeated: 1, compressed: 2 } as const;
const checksumSize = 4;

/** The frames of a stream in order; skippable ones are passed over. Throws `Damage` for anything else, and where it is cut off. */
export async function* splitZstdFrames(source: ByteSource): AsyncGenerator<ZstdFrame> {
  while (true) {
    const offset = source.offset();
    const magic = await source.read(4);
    if (magic === undefined) return;
    const value = magic.readUInt32LE();
    if (value >>> 4 === skippableMagic >>> 4) {
      await skip(source, (await readWhole(source, 4, offset)).readUInt32LE(), offset);
    } else if (value === frameMagic) {
      const header = await readFrameHeader(source, offset);
      const start = Buffer.concat([magic, header.bytes]);
      yield { offset, contentSize: header.contentSize, bytes: readFrame(source, { ...header, bytes: start, offset }) };
    } else {
      throw new Damage(`what begins at byte ${offset} of the file is not zstd data`);
    }
  }
}

interface FrameHeader {
  bytes: Buffer;
  contentSize: number | undefined;
  hasChecksum: boolean;
}

async function readFrameHeader(source: ByteSource, offset: number): Promise<FrameHeader> {
  const descriptor = await readWhole(source, 1, offset);
  const flags = descriptor[0] ?? 0;
  const isSingleSegment = (flags & 0x20) !== 0;
  if ((flags & 0x08) !== 0) throw new Damage(`the zstd frame at byte ${offset} of the file has an unknown form`);
  if ((flags & 0x03) !== 0) throw new Damage(`the zstd frame at byte ${offset} of the file needs a dictionary`);
  const window = isSingleSegment ? Buffer.alloc(0) : await readWhole(source, 1, offset);
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >>> 6] ?? 0;
  const size = sizeBytes === 0 ? undefined : await readWhole(source, sizeBytes, offset);
  return {
    bytes: Buffer.concat([descriptor, window, size ?? Buffer.alloc(0)]),
    contentSize: size === undefined ? undefined : decodeContentSize(size),
    hasChecksum: (flags & 0x04) !== 0,
  };
}

function decodeContentSize(field: Buffer): number {
  if (field.length === 8) return Number(field.readBigUInt64LE());
  return field.readUIntLE(0, field.length) + (field.length === 2 ? 256 : 0);
}

async function* readFrame(source: ByteSource, frame: FrameHeader & { offset: number }): AsyncGenerator<Buffer> {
  yield frame.bytes;
  for (let isLast = false; !isLast; ) {
    const header = await readWhole(source, 3, frame.offset);
    const fields = header.readUIntLE(0, 3);
    isLast = (fields & 1) === 1;
    const type = (fields >>> 1) & 3;
    const size = fields >>> 3;
    if (type > blockType.compressed || (size > blockSizeLimit && type !== blockType.repeated))
      throw new Damage(`the zstd frame at byte ${frame.offset} of the file has a block of an unknown form`);
    yield header;
    const length = type === blockType.repeated ? 1 : size;
    if (length > 0) yield await readWhole(source, length, frame.offset);
  }
  if (frame.hasChecksum) yield await readWhole(source, checksumSize, frame.offset);
}

async function readWhole(source: ByteSource, count: number, frameOffset: number): Promise<Buffer> {
  const bytes = await source.read(count);
  if (bytes === undefined) throw cutOff(source, frameOffset);
  return bytes;
}

async function skip(source: ByteSource, count: number, frameOffset: number): Promise<void> {
  for (let rest = count; rest > 0; ) {
    const piece = await source.readSome(rest);
    if (piece === undefined) throw cutOff(source, frameOffset);
    rest -= piece.length;
  }
}

function cutOff(source: ByteSource, frameOffset: number): Damage {
  return new Damage(`it ends at byte ${source.offset()}, within the zstd frame that begins at byte ${frameOffset}`);
}
