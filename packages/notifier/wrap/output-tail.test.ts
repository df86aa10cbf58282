import { describe, expect, it } from "vitest";
import { createOutputTail } from "./output-tail.ts";

function kept(limit: number, ...pieces: ["output" | "error", string][]) {
  const tail = createOutputTail(limit);
  for (const [stream, text] of pieces) tail.add(stream, Buffer.from(text));
  const { bytes, isCut } = tail.read();
  return { text: bytes.toString(), isCut };
}

describe("createOutputTail", () => {
  it("keeps lines of both streams in the order in which they end", () => {
    expect(kept(100, ["output", "one\ntw"], ["error", "oops\n"], ["output", "o\n"])).toEqual({
      text: "one\noops\ntwo\n",
      isCut: false,
    });
  });

  it("keeps lines that never end, at the end", () => {
    expect(kept(100, ["error", "half"], ["output", "whole\nrest"])).toEqual({ text: "whole\nresthalf", isCut: false });
  });

  it("lets the oldest go", () => {
    expect(kept(10, ["output", "0123456789\n"], ["output", "abc\n"])).toEqual({
      text: "456789\nabc\n".slice(-10),
      isCut: true,
    });
  });

  it("keeps the end of one endless line", () => {
    expect(kept(4, ["output", "abc"], ["output", "def"])).toEqual({ text: "cdef", isCut: true });
  });

  it("holds no more than twice its limit, however much arrives", () => {
    const tail = createOutputTail(1_000);
    const line = Buffer.from(`${"x".repeat(99)}\n`);
    for (let count = 0; count < 100_000; count += 1) tail.add(count % 2 === 0 ? "output" : "error", line);
    const { bytes, isCut } = tail.read();
    expect([bytes.length, isCut]).toEqual([1_000, true]);
  });

  it("can be read again and again, and goes on", () => {
    const tail = createOutputTail(100);
    tail.add("output", Buffer.from("one\ntw"));
    const before = tail.read().bytes.toString();
    tail.add("output", Buffer.from("o\n"));
    expect([before, tail.read().bytes.toString()]).toEqual(["one\ntw", "one\ntwo\n"]);
  });

  it("takes lines of ours after all that has come, each on a line of its own", () => {
    const tail = createOutputTail(100);
    tail.add("error", Buffer.from("half"));
    tail.mark("mark");
    tail.add("error", Buffer.from("rest"));
    tail.mark("again");
    expect(tail.read().bytes.toString()).toBe("half\nmark\nrest\nagain\n");
  });

  it("does not hold on to the buffers of which it keeps a part", () => {
    const tail = createOutputTail(10);
    const large = Buffer.alloc(1_000, "a");
    tail.add("output", large.subarray(0, 5));
    large.fill("b");
    expect(tail.read().bytes.toString()).toBe("aaaaa");
  });
});
