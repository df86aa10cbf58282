import { writev } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { errorMessage, hasErrorCode } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import type { OutputStream } from "./output-tail.ts";

/** Where a command's output goes. */
export interface OutputSink {
  /** Takes chunks, in order; settles when they may be forgotten. Never rejects: what nobody takes is let go. */
  write(stream: OutputStream, chunks: readonly Buffer[]): Promise<void>;
  /** For when nothing is written any more, once: what is held back is passed on if it is wanted. Never rejects. */
  finish(held: { isWanted: boolean }): Promise<void>;
}

export const descriptors: Readonly<Record<OutputStream, number>> = { output: 1, error: 2 };

const writeChunks = promisify(writev);

/** Passes output on to our own standard output and error. */
export function createDirectSink(log: Logger): OutputSink {
  const isTaken = { output: true, error: true };
  return {
    async write(stream, chunks) {
      if (!isTaken[stream]) return;
      try {
        await writeAll(descriptors[stream], chunks);
      } catch (error) {
        isTaken[stream] = false;
        if (hasErrorCode(error, "EPIPE")) return; // nobody reads any more, and that is their right
        log.warn(`the command's output cannot be passed on any more: ${errorMessage(error)}`);
      }
    },
    async finish() {},
  };
}

/** Writes all of some chunks, outside the event loop. */
export async function writeAll(descriptor: number, chunks: readonly Buffer[]): Promise<void> {
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
