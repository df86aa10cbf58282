import { createCipheriv, createHash } from "node:crypto";

/** A small fast generator of numbers in [0, 1) that gives the same row for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from 0 to `limit` - 1. */
export function randomInteger(random: () => number, limit: number): number {
  return Math.floor(random() * limit);
}

/** Incompressible bytes, the same for the same seed: the key stream of AES-CTR. Each call goes on where the last one ended. */
export function createRandomBytes(seed: number): (size: number) => Buffer {
  const key = createHash("sha256").update(`seed ${seed}`).digest();
  const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  return (size) => cipher.update(Buffer.alloc(size));
}
