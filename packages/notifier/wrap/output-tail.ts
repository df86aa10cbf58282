export type OutputStream = "output" | "error";

export interface OutputTail {
  add(stream: OutputStream, chunk: Buffer): void;
  /** What was kept, lines of both streams in the order in which they were finished. */
  read(): KeptOutput;
}

export interface KeptOutput {
  bytes: Buffer;
  /** True when earlier output is not part of it; it then begins anywhere, also within a line. */
  isCut: boolean;
}

const lineFeed = 0x0a;

/**
 * Keeps about the last `limit` bytes of two streams, at most twice as many, however much arrives. Unfinished lines wait
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
    read() {
      const all = createRing(limit);
      for (const ring of [finished, unfinished.output, unfinished.error]) ring.moveTo(all);
      const bytes = all.bytes();
      return { bytes: bytes.subarray(-limit), isCut: all.isCut() || bytes.length > limit };
    },
  };
}

interface Ring {
  push(chunk: Buffer): void;
  /** Appends all that is kept here to another ring and forgets it. */
  moveTo(target: Ring): void;
  bytes(): Buffer;
  /** True when something was let go. */
  isCut(): boolean;
  markCut(): void;
}

function createRing(limit: number): Ring {
  let chunks: Buffer[] = [];
  let size = 0;
  let cut = false;
  const ring: Ring = {
    push(chunk) {
      const kept = chunk.subarray(-limit);
      // A small piece would keep the whole buffer of which it is a part.
      chunks.push(kept.buffer.byteLength > 2 * kept.length ? Buffer.from(kept) : kept);
      size += Math.min(chunk.length, limit);
      if (chunk.length > limit) cut = true;
      while (size - (chunks[0]?.length ?? 0) >= limit) {
        size -= chunks.shift()?.length ?? 0;
        cut = true;
      }
    },
    moveTo(target) {
      if (cut) target.markCut();
      for (const chunk of chunks) target.push(chunk);
      chunks = [];
      size = 0;
      cut = false;
    },
    bytes: () => Buffer.concat(chunks),
    isCut: () => cut,
    markCut() {
      cut = true;
    },
  };
  return ring;
}
