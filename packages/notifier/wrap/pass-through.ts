import { writev } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { hasErrorCode } from "@catapullt/core/errors";

export interface PassThrough {
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
  descriptor: number;
  /** Sees every chunk before it is written. */
  onChunk: (chunk: Buffer) => void;
  /** The descriptor takes nothing any more; the source is still read to its end, so that its writer goes on. */
  onWriteError: (error: unknown) => void;
}

const writeChunks = promisify(writev);
/** How much may wait to be written, in bytes, before the source is held back; after `hurry`, also all that a pipe holds. */
const usualBacklog = 256 * 1024;
const finalBacklog = usualBacklog + 1024 * 1024;

/**
 * Copies bytes as they come. Writes happen outside the event loop and hold the source back, so a reader that is slow or
 * stuck neither costs memory nor keeps signals and time limits from being served.
 */
export function passThrough(source: Readable, { descriptor, onChunk, onWriteError }: PassThroughTarget): PassThrough {
  let isTaken = true;
  let waiting: Buffer[] = [];
  let backlog = 0;
  let limit = usualBacklog;
  let writing: Promise<void> | undefined;

  source.on("data", (chunk: Buffer) => {
    onChunk(chunk);
    if (!isTaken) return;
    waiting.push(chunk);
    backlog += chunk.length;
    if (backlog > limit) source.pause();
    writing ??= writeWaiting();
  });
  source.on("error", () => {}); // `close` follows
  const finished = new Promise<void>((resolve) => {
    source.once("close", resolve);
  });

  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const chunks = waiting;
      waiting = [];
      try {
        if (isTaken) await writeAll(descriptor, chunks);
      } catch (error) {
        isTaken = false;
        onWriteError(error);
      }
      backlog -= lengthOf(chunks);
      if (backlog <= limit) source.resume();
    }
    writing = undefined;
  }

  return {
    finished,
    delivered: finished.then(() => writing),
    hurry() {
      limit = finalBacklog;
      source.resume();
    },
    leave() {
      source.destroy();
    },
  };
}

async function writeAll(descriptor: number, chunks: readonly Buffer[]): Promise<void> {
  let rest = chunks;
  while (rest.length > 0) {
    try {
      const { bytesWritten } = await writeChunks(descriptor, rest);
      rest = dropBytes(rest, bytesWritten);
    } catch (error) {
      if (!hasErrorCode(error, "EAGAIN")) throw error;
      await delay(10); // whoever shares this file has made it non-blocking
    }
  }
}

function dropBytes(chunks: readonly Buffer[], count: number): Buffer[] {
  let left = count;
  return chunks.flatMap((chunk) => {
    const dropped = Math.min(left, chunk.length);
    left -= dropped;
    return dropped === chunk.length ? [] : [chunk.subarray(dropped)];
  });
}

function lengthOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
