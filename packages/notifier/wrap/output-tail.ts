export type OutputStream = "output" | "error";

export interface OutputTail {
  add(stream: OutputStream, chunk: Buffer): void;
  /** Adds a line of our own, after all that has come; unfinished lines end before it. */
  mark(line: string): void;
  /** What was kept, lines of both streams in the order in which they were finished. */
  read(): KeptOutput;
}

export interface KeptOutput {
  bytes: Buffer;
  /** True when earlier output is not part of it; it then begins anywhere, also within a line. */
  isCut: boolean;
  /** How many bytes could have been kept. Default: 64 KiB. */
  limit?: number;
}

const lineFeed = 0x0a;

/**
 * Keeps the last `limit` bytes of two streams, however much arrives. Unfinished lines wait
 * for their end, so that one stream's line never stands in the middle of the other's.
 */
export function createOutputTail(limit: number): OutputTail {
  const finished = createRing(limit);
  const unfinished = { output: createRing(limit), error: createRing(limit) };
  return {
    add(stream, chunk) {
      const end = chunk.lastIndexOf(lineFeed) + 1;
      if (end > 0) {
        unfinished[stream].moveTo(finished);
        finished.push(chunk.subarray(0, end));
      }
      if (end < chunk.length) unfinished[stream].push(chunk.subarray(end));
    },
    mark(line) {
      for (const ring of [unfinished.output, unfinished.error]) {
        if (ring.isEmpty()) continue;
        ring.moveTo(finished);
        finished.push(Buffer.of(lineFeed));
      }
      finished.push(Buffer.from(`${line}\n`));
    },
    read() {
      const all = createRing(limit);
      for (const ring of [finished, unfinished.output, unfinished.error]) ring.copyTo(all);
      return { bytes: all.bytes(), isCut: all.isCut(), limit };
    },
  };
}

interface Ring {
  push(chunk: Buffer): void;
  /** Appends all that is kept here to another ring. */
  copyTo(target: Ring): void;
  /** The same, and forgets it. */
  moveTo(target: Ring): void;
  bytes(): Buffer;
  isEmpty(): boolean;
  /** True when something was let go. */
  isCut(): boolean;
  markCut(): void;
}

const smallestRing = 64 * 1024;

/** A ring in one piece of memory, which grows up to `limit` bytes: chunks are copied, so their buffers may be used again. */
function createRing(limit: number): Ring {
  let memory = Buffer.alloc(0);
  let size = 0;
  let next = 0;
  let cut = false;

  function reserve(needed: number): void {
    if (needed <= memory.length || memory.length === limit) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(needed, 2 * memory.length, smallestRing)));
    ring.bytes().copy(larger);
    memory = larger;
    next = size % memory.length;
  }

  const ring: Ring = {
    push(chunk) {
      const kept = chunk.subarray(-limit);
      reserve(size + kept.length);
      if (kept.length < chunk.length || size + kept.length > memory.length) cut = true;
      const first = kept.copy(memory, next);
      kept.copy(memory, 0, first);
      next = (next + kept.length) % (memory.length || 1);
      size = Math.min(size + kept.length, memory.length);
    },
    copyTo(target) {
      if (cut) target.markCut();
      if (size > 0) target.push(ring.bytes());
    },
    moveTo(target) {
      ring.copyTo(target);
      size = 0;
      next = 0;
      cut = false;
    },
    bytes() {
      const start = next - size;
      if (start >= 0) return memory.subarray(start, next);
      return Buffer.concat([memory.subarray(start + memory.length), memory.subarray(0, next)]);
    },
    isEmpty: () => size === 0,
    isCut: () => cut,
    markCut() {
      cut = true;
    },
  };
  return ring;
}
