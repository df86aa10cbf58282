export interface ReadAheadOptions {
  /** Where to begin and to end, in bytes. */
  position: number;
  end: number;
  /** How much is asked for at a time, and how many answers are waited for at once. */
  chunkBytes: number;
  depth: number;
  /** Reads at `position` into `buffer`, from its start: how many bytes came, 0 at the end of the file. */
  read: (buffer: Buffer, position: number) => Promise<number>;
}

interface PendingRead {
  buffer: Buffer;
  filled: Promise<number>;
}

/**
 * Reads a file with many requests under way and yields its bytes in order. Answers that are shorter than asked for are
 * completed. A chunk is valid until the next one is asked for: its memory is used again.
 */
export async function* readAhead(options: ReadAheadOptions): AsyncGenerator<Buffer, void, void> {
  const { end, chunkBytes, depth } = options;
  const pending: PendingRead[] = [];
  const spare: Buffer[] = [];
  const batch = Math.max(1, Math.floor(depth / 4));
  let next = options.position;

  // Several requests at a time travel in one packet.
  const ask = () => {
    if (pending.length > depth - batch) return;
    while (pending.length < depth && next < end) {
      const memory = spare.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
      const buffer = memory.subarray(0, Math.min(chunkBytes, end - next));
      const filled = fill(buffer, next, options.read);
      filled.catch(() => {}); // awaited below, in order
      pending.push({ buffer, filled });
      next += buffer.length;
    }
  };

  ask();
  for (let oldest = pending.shift(); oldest !== undefined; oldest = pending.shift()) {
    const { buffer } = oldest;
    const count = await oldest.filled;
    ask();
    if (count > 0) yield buffer.subarray(0, count);
    if (count < buffer.length) return;
    if (buffer.length === chunkBytes) spare.push(buffer);
  }
}

async function fill(buffer: Buffer, position: number, read: ReadAheadOptions["read"]): Promise<number> {
  let count = 0;
  while (count < buffer.length) {
    const more = await read(buffer.subarray(count), position + count);
    if (more === 0) break;
    count += more;
  }
  return count;
}
