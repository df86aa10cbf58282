import { expect, test } from "vitest";
import { createWriteBehind } from "./write-behind.ts";

interface Request {
  content: Buffer;
  position: number;
  answer: (error?: Error) => void;
}

/** A server that answers only when it is told to. */
function setUp(options: { position?: number; depth?: number } = {}) {
  const requests: Request[] = [];
  const behind = createWriteBehind({
    position: options.position ?? 0,
    chunkBytes: 4,
    depth: options.depth ?? 2,
    write: (buffer, position) =>
      new Promise((resolve, reject) => {
        requests.push({ content: buffer, position, answer: (error) => (error ? reject(error) : resolve()) });
      }),
  });
  return { behind, requests };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("sends pieces in order, as many at once as it may", async () => {
  const { behind, requests } = setUp({ position: 10 });
  let isTaken = false;
  const adding = behind.add(Buffer.from("abcdefghij")).then(() => {
    isTaken = true;
  });
  await settled();
  expect(requests.map(({ content, position }) => `${position} ${content}`)).toEqual(["10 abcd", "14 efgh"]);
  expect(isTaken).toBe(false);

  requests[1]?.answer();
  await adding;
  expect(requests.map(({ position }) => position)).toEqual([10, 14, 18]);
  expect(requests[2]?.content.toString()).toBe("ij");
});

test("keeps what it was given, whatever becomes of that memory, and uses its own again", async () => {
  const { behind, requests } = setUp();
  const memory = Buffer.from("abcd");
  await behind.add(memory);
  memory.fill("x");
  expect(requests[0]?.content.toString()).toBe("abcd");
  requests[0]?.answer();
  await behind.settle();
  await behind.add(Buffer.from("efgh"));
  expect(requests[1]?.content.buffer).toBe(requests[0]?.content.buffer);
});

test("sends nothing after a failure, and tells of it with the next call and every later one", async () => {
  const { behind, requests } = setUp();
  await behind.add(Buffer.from("abcd"));
  requests[0]?.answer(new Error("full"));
  await settled();
  await expect(behind.add(Buffer.from("efgh"))).rejects.toThrow("full");
  await expect(behind.settle()).rejects.toThrow("full");
  expect(requests).toHaveLength(1);
});

test("waits for every answer, and for none where nothing was sent", async () => {
  const { behind, requests } = setUp();
  await behind.settle();
  await behind.add(Buffer.from("abcdefgh"));
  let isSettled = false;
  const settling = behind.settle().then(() => {
    isSettled = true;
  });
  requests[1]?.answer();
  await settled();
  expect(isSettled).toBe(false);
  requests[0]?.answer();
  await settling;
});
