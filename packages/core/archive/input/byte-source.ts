import { Damage } from "./damage.ts";

/** Bytes that come in pieces, taken in the sizes that a parser needs. */
export interface ByteSource {
  /** Exactly `count` bytes, or undefined where nothing is left; throws `Damage` where fewer are left. */
  read(count: number): Promise<Buffer | undefined>;
  /** From 1 to `limit` bytes, whatever is at hand; undefined at the end. */
  readSome(limit: number): Promise<Buffer | undefined>;
  /** How many bytes have been taken. */
  offset(): number;
}

export function createByteSource(pieces: AsyncIterable<Buffer>): ByteSource {
  const iterator = pieces[Symbol.asyncIterator]();
  let current: Buffer = Buffer.alloc(0);
  let taken = 0;
  const take = (count: number) => {
    const result = current.subarray(0, count);
    current = current.subarray(count);
    taken += count;
    return result;
  };
  const refill = async (): Promise<boolean> => {
    while (current.length === 0) {
      const { value, done } = await iterator.next();
      if (done) return false;
      current = value;
    }
    return true;
  };
  const readSome = async (limit: number) => {
    if (current.length === 0 && !(await refill())) return undefined;
    return take(Math.min(limit, current.length));
  };
  return {
    readSome,
    offset: () => taken,
    async read(count) {
      if (count > 0 && current.length >= count) return take(count);
      const parts: Buffer[] = [];
      let missing = count;
      while (missing > 0) {
        const part = await readSome(missing);
        if (part === undefined) break;
        parts.push(part);
        missing -= part.length;
      }
      if (parts.length === 0 && count > 0) return undefined;
      if (missing > 0) throw new Damage(`it ends at byte ${taken}, within what should follow`);
      return Buffer.concat(parts);
    },
  };
}
