import { closeSync, ftruncateSync, openSync, read, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { errorMessage } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { formatBytes } from "@catapullt/core/units";
import { createDirectSink, type OutputSink, writeAll } from "./output-sink.ts";
import type { OutputStream } from "./output-tail.ts";

interface Segment {
  descriptor: number;
  size: number;
}

/** Two files that take turns. */
interface Segments {
  older: Segment;
  newer: Segment;
  /** Bytes that are gone. */
  dropped: number;
  limit: number;
}

const usualLimit = 128 * 1024 * 1024;
const headerLength = 5;
const pieceLength = 64 * 1024;
const streams: readonly OutputStream[] = ["output", "error"];
const readPiece = promisify(read);

/**
 * Holds output back until it is known whether it is wanted, in files that have no names, in the order in which it came. At least
 * the last half of `limit` bytes is kept. What cannot be held is passed on at once, after all that came before.
 */
export function holdOutput(directory: string | undefined, log: Logger, limit = usualLimit): OutputSink {
  const direct = createDirectSink(log);
  let segments: Segments | undefined;
  try {
    if (directory !== undefined) segments = openSegments(directory, limit);
  } catch (error) {
    explain(error);
  }
  let queue = Promise.resolve();
  const inTurn = (action: () => Promise<void>) => {
    queue = queue.then(action);
    return queue;
  };

  async function hold(stream: OutputStream, chunks: readonly Buffer[]): Promise<void> {
    try {
      if (segments !== undefined) return await append(segments, stream, chunks);
    } catch (error) {
      explain(error);
      await passOn();
    }
    await direct.write(stream, chunks);
  }

  async function passOn(): Promise<void> {
    if (segments === undefined) return;
    const { older, newer, dropped } = segments;
    segments = undefined;
    if (dropped > 0)
      log.warn(`the first ${formatBytes(dropped)} of the command's output were not kept; the rest follows`);
    for (const segment of [older, newer]) {
      await replay(segment, direct);
      closeSync(segment.descriptor);
    }
  }

  function explain(error: unknown): void {
    log.warn(`the command's output cannot be held back, so it is passed on: ${errorMessage(error)}`);
  }

  return {
    write: (stream, chunks) => inTurn(() => hold(stream, chunks)),
    finish: ({ isWanted }) => inTurn(async () => (isWanted ? passOn() : undefined)),
  };
}

function openSegments(directory: string, limit: number): Segments {
  return { older: openSegment(directory), newer: openSegment(directory), dropped: 0, limit };
}

let opened = 0;

function openSegment(directory: string): Segment {
  opened += 1;
  const path = join(directory, `held-${opened}`);
  const descriptor = openSync(path, "ax+", 0o600);
  rmSync(path);
  return { descriptor, size: 0 };
}

/** One frame: a byte for the stream, four for the length, and what was written. */
async function append(segments: Segments, stream: OutputStream, chunks: readonly Buffer[]): Promise<void> {
  if (segments.newer.size >= segments.limit / 2) turnOver(segments);
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const header = Buffer.alloc(headerLength);
  header.writeUInt8(streams.indexOf(stream), 0);
  header.writeUInt32LE(length, 1);
  await writeAll(segments.newer.descriptor, [header, ...chunks]);
  segments.newer.size += headerLength + length;
}

function turnOver(segments: Segments): void {
  const { older, newer } = segments;
  ftruncateSync(older.descriptor, 0);
  segments.dropped += older.size;
  segments.older = newer;
  segments.newer = { descriptor: older.descriptor, size: 0 };
}

async function replay({ descriptor, size }: Segment, sink: OutputSink): Promise<void> {
  const header = Buffer.alloc(headerLength);
  let position = 0;
  while (position < size) {
    await readPiece(descriptor, header, 0, headerLength, position);
    position += headerLength;
    const stream = streams[header.readUInt8(0)] ?? "output";
    let left = header.readUInt32LE(1);
    while (left > 0) {
      const piece = Buffer.alloc(Math.min(left, pieceLength));
      const { bytesRead } = await readPiece(descriptor, piece, 0, piece.length, position);
      if (bytesRead === 0) return;
      await sink.write(stream, [piece.subarray(0, bytesRead)]);
      position += bytesRead;
      left -= bytesRead;
    }
  }
}
