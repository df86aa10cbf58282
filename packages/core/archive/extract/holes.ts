import { run } from "../../process/run.ts";
import { type ByteString, toBytes } from "../tar/byte-string.ts";

export interface HoleDigger {
  /** Passes a file's content on and notes whether much of it is zeros. */
  watch(name: ByteString, content: AsyncIterable<Buffer>): AsyncIterable<Buffer>;
  /** Gives the room of zeros back, once the files are written. Where that cannot be done they stay as they are. */
  dig(): Promise<void>;
}

export interface HoleDiggerOptions {
  /** Names are relative to it. */
  directory: string;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

const zeros = Buffer.alloc(64 * 1024);

// Digging changes a file's time, which is put back to the nanosecond; Node's `utimes` could not.
const script = `reference=$1; shift
for file; do
  touch -r "./$file" "$reference" && fallocate --dig-holes "./$file"; touch -r "$reference" "./$file"
done
rm -f "$reference"`;
const reference = "./.time-of-a-file";

/**
 * Archives hold files with all their zeros. A disk image that took 2 of 20 GB on the old host must not take 20 on the new one, so
 * zeros become holes again, by fallocate(1) of util-linux.
 */
export function createHoleDigger({ directory, environment, signal }: HoleDiggerOptions): HoleDigger {
  const names: ByteString[] = [];
  return {
    async *watch(name, content) {
      let isNoted = false;
      for await (const piece of content) {
        if (!isNoted && holdsZeros(piece)) {
          isNoted = true;
          names.push(name);
        }
        yield piece;
      }
    },
    async dig() {
      if (names.length === 0) return;
      const input = Buffer.concat(names.flatMap((name) => [toBytes(name), Buffer.alloc(1)]));
      await run("xargs", ["-0", "sh", "-c", script, "sh", reference], { directory, environment, signal, input });
      signal.throwIfAborted();
    },
  };
}

function holdsZeros(piece: Buffer): boolean {
  for (let start = 0; start + zeros.length <= piece.length; start += zeros.length) {
    if (piece[start] === 0 && piece.subarray(start, start + zeros.length).equals(zeros)) return true;
  }
  return false;
}
