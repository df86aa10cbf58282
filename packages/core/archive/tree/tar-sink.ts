import type { SynchronousRing } from "../output/block-ring.ts";

/** Where a walk puts its bytes: small ones by `write`, file contents read straight into `space`. */
export interface TarSink {
  write(bytes: Uint8Array): void;
  /** Memory for the next bytes, never empty; `advance` says how many were put there. */
  space(): Buffer;
  advance(bytes: number): void;
}

/** Fills the blocks of a ring one after another and hands each full one to `submit`; `end` hands over the last one. */
export function createRingSink(
  ring: SynchronousRing,
  submit: (slot: number, length: number) => void,
): TarSink & { end(): void } {
  let slot = -1;
  let block: Buffer = Buffer.alloc(0);
  let used = 0;
  const submitBlock = () => {
    submit(slot, used);
    slot = -1;
    used = 0;
  };
  const space = () => {
    if (slot < 0) {
      slot = ring.acquire();
      block = ring.block(slot);
    }
    return block.subarray(used);
  };
  const advance = (bytes: number) => {
    used += bytes;
    if (used === block.length) submitBlock();
  };
  return {
    space,
    advance,
    write(bytes) {
      for (let offset = 0; offset < bytes.length; ) {
        const free = space();
        const size = Math.min(free.length, bytes.length - offset);
        free.set(bytes.subarray(offset, offset + size));
        offset += size;
        advance(size);
      }
    },
    end() {
      if (used > 0) submitBlock();
    },
  };
}
