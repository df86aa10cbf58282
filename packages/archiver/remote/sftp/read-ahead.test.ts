import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { readAhead } from "./read-ahead.ts";

const content = randomBytes(1_000);

interface Trial {
  position?: number;
  end?: number;
  /** Most bytes of one answer. */
  most?: number;
  onRead?: (position: number) => Promise<void> | void;
}

async function collect({ position = 0, end = content.length, most = 1_000, onRead }: Trial = {}): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const read = async (buffer: Buffer, at: number) => {
    await onRead?.(at);
    return content.subarray(at, at + Math.min(most, buffer.length)).copy(buffer);
  };
  for await (const chunk of readAhead({ position, end, chunkBytes: 64, depth: 4, read }))
    chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

test("yields the bytes in order although answers come in any order", async () => {
  const waiting: (() => void)[] = [];
  const onRead = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length >= 3) waiting.pop()?.();
      else setImmediate(() => waiting.pop()?.());
    });
  expect(await collect({ onRead })).toEqual(content);
});

test("completes answers that are shorter than asked for", async () => {
  expect(await collect({ most: 7 })).toEqual(content);
});

test("begins and ends where it is told", async () => {
  expect(await collect({ position: 100, end: 301 })).toEqual(content.subarray(100, 301));
  expect(await collect({ position: 100, end: 100 })).toEqual(Buffer.alloc(0));
  expect(await collect({ position: 200, end: 100 })).toEqual(Buffer.alloc(0));
});

test("ends early where the file does, also inside a chunk", async () => {
  expect(await collect({ end: 5_000 })).toEqual(content);
  expect(await collect({ position: 2_000, end: 5_000 })).toEqual(Buffer.alloc(0));
});

test("never has more requests under way than it may", async () => {
  let underWay = 0;
  let most = 0;
  await collect({
    async onRead() {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
    },
  });
  expect(most).toBe(4);
});

test("fails with the error of a read that fails, after the bytes before it", async () => {
  const failing = (position: number) => {
    if (position >= 640) throw new Error("no more");
  };
  await expect(collect({ onRead: failing })).rejects.toThrow("no more");
});
