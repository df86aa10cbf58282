export interface WriteBehindOptions {
  /** Where to begin, in bytes. */
  position: number;
  /** How much is sent at a time, and how many answers are waited for at once. */
  chunkBytes: number;
  depth: number;
  /** Writes all of `buffer` at `position`. */
  write: (buffer: Buffer, position: number) => Promise<void>;
}

export interface WriteBehind {
  /** Takes the next bytes once there is room for them; they may change once it has returned. */
  add(bytes: Buffer): Promise<void>;
  /** Waits for every answer. Both reject with the first failure. */
  settle(): Promise<void>;
}

/** Writes a file with many requests under way, in order of position. Nothing is sent after a failure. */
export function createWriteBehind({ chunkBytes, depth, write, ...options }: WriteBehindOptions): WriteBehind {
  const underWay = new Set<Promise<void>>();
  const spare: Buffer[] = [];
  let position = options.position;
  let failure: { error: unknown } | undefined;

  const send = (piece: Buffer) => {
    const memory = spare.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
    const buffer = memory.subarray(0, piece.copy(memory));
    const answered = write(buffer, position)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        underWay.delete(answered);
        spare.push(memory);
      });
    underWay.add(answered);
    position += piece.length;
  };
  const refuseAfterFailure = () => {
    if (failure !== undefined) throw failure.error;
  };

  return {
    async add(bytes) {
      for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
        while (underWay.size >= depth) await Promise.race(underWay);
        refuseAfterFailure();
        send(bytes.subarray(offset, offset + chunkBytes));
      }
    },
    async settle() {
      await Promise.all(underWay);
      refuseAfterFailure();
    },
  };
}
