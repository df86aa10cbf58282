import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { runSchedule } from "./schedule.ts";

interface Item {
  name: string;
  bytes: number;
}

function setUp(items: Item[], options: { atOnce?: number; bytesAtOnce?: number } = {}) {
  const begun: string[] = [];
  const underWay = new Map<string, { came: (bytes: number) => void; end: (error?: Error) => void }>();
  const done = runSchedule(
    items,
    { atOnce: options.atOnce ?? 10, bytesAtOnce: options.bytesAtOnce ?? 100, bytesOf: ({ bytes }) => bytes },
    ({ name }, came) =>
      new Promise((resolve, reject) => {
        begun.push(name);
        underWay.set(name, { came, end: (error) => (error ? reject(error) : resolve()) });
      }),
  );
  const of = (name: string) => underWay.get(name) ?? expect.fail(`${name} has not begun`);
  return { begun, of, done };
}

const small = (name: string): Item => ({ name, bytes: 10 });

test("begins many small items at once, in their order", async () => {
  const { begun, of, done } = setUp([small("a"), small("b"), small("c")], { atOnce: 2 });
  expect(begun).toEqual(["a", "b"]);
  of("b").end();
  await turn();
  expect(begun).toEqual(["a", "b", "c"]);
  of("a").end();
  of("c").end();
  await done;
});

test("works on a large item by itself, and begins the next one when most of it has come", () => {
  const { begun, of } = setUp([{ name: "large", bytes: 1_000 }, small("a"), small("b")]);
  expect(begun).toEqual(["large"]);
  of("large").came(900);
  expect(begun).toEqual(["large"]);
  of("large").came(1);
  expect(begun).toEqual(["large", "a"]);
  of("a").came(10);
  expect(begun).toEqual(["large", "a", "b"]);
});

test("counts no more bytes than were expected", () => {
  const { begun, of } = setUp([small("a"), { name: "large", bytes: 1_000 }, small("b")]);
  of("a").came(5_000);
  expect(begun).toEqual(["a", "large"]);
});

test("begins nothing after a failure, and fails with the first one when the others have ended", async () => {
  const { begun, of, done } = setUp([small("a"), small("b"), small("c")], { atOnce: 2 });
  let hasEnded = false;
  done.catch(() => {
    hasEnded = true;
  });
  of("a").end(new Error("first"));
  await turn();
  expect([begun, hasEnded]).toEqual([["a", "b"], false]);
  of("b").end(new Error("second"));
  await expect(done).rejects.toThrow("first");
});

test("is done at once where there is nothing to do", async () => {
  await setUp([]).done;
});
