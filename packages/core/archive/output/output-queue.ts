import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { CompressedBlock } from "./compression.ts";
import type { FailureScope } from "./failure-scope.ts";

/** Blocks of output that come when they are ready and are written in the order in which they were asked for. */
export interface OutputQueue {
  /** Appends a block that is still being made. */
  push(block: Promise<CompressedBlock>): void;
  /** Keeps a place in the order, for one call; nothing behind it is written before. One place at a time. */
  reserve(): (block: Promise<CompressedBlock>) => void;
  /** Bytes that are ready and held back behind a reserved place. */
  heldBytes(): number;
  writtenBytes(): number;
  /** Resolves when few bytes wait to be written; what is held back does not count. */
  room(): Promise<void>;
  /** Resolves when everything is written. */
  end(): Promise<{ bytes: number; sha1: string }>;
}

export interface OutputQueueOptions {
  /** Fails when writing does; ends all waiting when it fails. */
  scope: FailureScope;
  /** Says what a failed write means. */
  describeError: (error: unknown) => unknown;
}

const roomLimit = 2 * 1024 * 1024;
const syncInterval = 64 * 1024 * 1024;

/** Writes to an open file and hashes what it writes. */
export function createOutputQueue(file: FileHandle, { scope, describeError }: OutputQueueOptions): OutputQueue {
  const fail = (error: unknown) => scope.fail(describeError(error));
  const hash = createHash("sha1");
  const background = createBackgroundSync(file);
  const places: Promise<CompressedBlock>[] = [];
  let isWriting = false;
  let waitingBytes = 0;
  let writtenBytes = 0;
  /** What is ready behind the place that is reserved now. */
  let held: { bytes: number } | undefined;
  const waiters: { condition: () => boolean; resolve: () => void }[] = [];
  const until = async (condition: () => boolean): Promise<void> => {
    scope.throwIfFailed();
    if (!condition()) await scope.guard(new Promise<void>((resolve) => waiters.push({ condition, resolve })));
  };

  const write = async (piece: Uint8Array) => {
    scope.throwIfFailed();
    const size = piece.length;
    const writing = writeFully(file, piece);
    hash.update(piece);
    await writing;
    waitingBytes -= size;
    writtenBytes += size;
    await background.advance(size);
  };
  const writeAll = async () => {
    isWriting = true;
    try {
      for (let place = places[0]; place !== undefined; place = places[0]) {
        const block = await place;
        for (const piece of block.pieces) await write(piece);
        block.free();
        places.shift();
        for (const waiter of waiters.splice(0)) {
          if (waiter.condition()) waiter.resolve();
          else waiters.push(waiter);
        }
      }
    } finally {
      isWriting = false;
    }
  };
  const push = (block: Promise<CompressedBlock>) => {
    const place = held;
    const counted = block.then((ready) => {
      const size = ready.pieces.reduce((sum, piece) => sum + piece.length, 0);
      waitingBytes += size;
      if (place !== undefined) place.bytes += size;
      return ready;
    });
    counted.catch(fail);
    places.push(counted);
    if (!isWriting) writeAll().catch(fail);
  };
  return {
    push,
    reserve() {
      const { promise, resolve } = Promise.withResolvers<CompressedBlock>();
      push(promise);
      held = { bytes: 0 };
      return (block) => {
        held = undefined;
        resolve(block);
      };
    },
    heldBytes: () => held?.bytes ?? 0,
    writtenBytes: () => writtenBytes,
    room: () => until(() => waitingBytes - (held?.bytes ?? 0) <= roomLimit),
    async end() {
      await until(() => places.length === 0);
      await background.end();
      return { bytes: writtenBytes, sha1: hash.digest("hex") };
    },
  };
}

async function writeFully(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let offset = 0; offset < piece.length; ) {
    const { bytesWritten } = await file.write(piece, offset, piece.length - offset);
    offset += bytesWritten;
  }
}

// The disk writes while the next blocks are made, so that the last fsync has little left to do.
function createBackgroundSync(file: FileHandle): { advance(bytes: number): Promise<void>; end(): Promise<void> } {
  let unsynced = 0;
  let syncing: Promise<void> | undefined;
  return {
    async advance(bytes) {
      unsynced += bytes;
      if (unsynced < syncInterval) return;
      unsynced = 0;
      await syncing;
      syncing = file.datasync();
      syncing.catch(() => {}); // whoever waits for it next learns of it: the kernel tells an error only once
    },
    async end() {
      await syncing;
    },
  };
}
