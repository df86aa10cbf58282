const slotFree = 0;
const slotTaken = 1;

/** What two threads share: `slots` blocks of `blockSize` bytes one after another, and the state of each. */
export interface RingMemory {
  blocks: SharedArrayBuffer;
  states: SharedArrayBuffer;
  blockSize: number;
}

/**
 * A ring of memory blocks that are filled by one thread at a time, in turn, and given back by the main thread. Memory is
 * allocated once, nothing is copied between threads, and who fills waits while all blocks are taken.
 */
export interface BlockRing {
  readonly memory: RingMemory;
  block(slot: number): Buffer;
  /** Takes the next block; resolves when it is free. */
  acquire(): Promise<number>;
  /** Gives a block back, from the main thread. */
  release(slot: number): void;
  /** Resolves when every block is free. */
  idle(): Promise<void>;
}

export function createBlockRing(slots: number, blockSize: number): BlockRing {
  const memory: RingMemory = {
    blocks: new SharedArrayBuffer(slots * blockSize),
    states: new SharedArrayBuffer(slots * Int32Array.BYTES_PER_ELEMENT),
    blockSize,
  };
  const states = new Int32Array(memory.states);
  const waiting = new Map<number, () => void>();
  let next = 0;
  const untilFree = async (slot: number) => {
    if (Atomics.load(states, slot) === slotTaken)
      await new Promise<void>((resolve) => {
        waiting.set(slot, resolve);
      });
  };
  return {
    memory,
    block: (slot) => blockOf(memory, slot),
    async acquire() {
      const slot = next;
      next = (next + 1) % slots;
      await untilFree(slot);
      Atomics.store(states, slot, slotTaken);
      return slot;
    },
    release(slot) {
      Atomics.store(states, slot, slotFree);
      Atomics.notify(states, slot);
      waiting.get(slot)?.();
      waiting.delete(slot);
    },
    async idle() {
      for (let slot = 0; slot < slots; slot += 1) await untilFree(slot);
    },
  };
}

/** The same ring as the other thread sees it: waiting there blocks that thread. */
export interface SynchronousRing {
  block(slot: number): Buffer;
  acquire(): number;
}

export function openBlockRing(memory: RingMemory): SynchronousRing {
  const states = new Int32Array(memory.states);
  let next = 0;
  return {
    block: (slot) => blockOf(memory, slot),
    acquire() {
      const slot = next;
      next = (next + 1) % states.length;
      Atomics.wait(states, slot, slotTaken);
      Atomics.store(states, slot, slotTaken);
      return slot;
    },
  };
}

function blockOf({ blocks, blockSize }: RingMemory, slot: number): Buffer<SharedArrayBuffer> {
  return Buffer.from(blocks, slot * blockSize, blockSize);
}
