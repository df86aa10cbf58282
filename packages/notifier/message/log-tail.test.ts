import { rememberSecret } from "@catapullt/core/log/redaction";
import { describe, expect, it } from "vitest";
import { readLogTail } from "./log-tail.ts";

const lines = (text: string, isCut = false) => readLogTail({ bytes: Buffer.from(text), isCut }).lines;

describe("readLogTail", () => {
  it("keeps the last fifty lines and says that there were more", () => {
    const { lines: kept, isCut } = readLogTail({
      bytes: Buffer.from(Array.from({ length: 60 }, (_, index) => `line ${index}\n`).join("")),
      isCut: false,
    });
    expect([kept.length, kept[0], kept.at(-1), isCut]).toEqual([50, "line 10", "line 59", true]);
  });

  it("removes colours, titles, cursor movements, directions and other controls", () => {
    expect(
      lines("\u001b[31mred\u001b[0m \u001b]0;title\u0007done\u0000\b\u202etxt.exe\u2066\n\u001b[2J\u001b[1;1Hx"),
    ).toEqual(["red donetxt.exe", "x"]);
  });

  it("shows what a progress line showed last", () => {
    expect(lines("10 %\r50 %\r100 %\nnext\r\nlast\r")).toEqual(["100 %", "next", "last"]);
  });

  it("shortens endless lines and leaves out empty ones at the end", () => {
    const [line = "", ...others] = lines(`${"x".repeat(9_000)}\n\n\n`);
    expect([line.length, line.at(-1), others]).toEqual([500, "…", []]);
  });

  it("drops a line that was cut, since it may begin within a secret", () => {
    expect(lines("cret-rest\nwhole\n", true)).toEqual(["whole"]);
    expect(lines(`${"s".repeat(5_000)}`, true).join("")).toHaveLength(500);
    expect(lines("cret-rest", true)).toEqual([]);
  });

  it("masks secrets that are known, also where colours split them", () => {
    rememberSecret("tail-s3cret-value");
    expect(lines("a tail-s3cret-value b\ntail-\u001b[1ms3cret-value\n")).toEqual(["a ******** b", "********"]);
  });

  it("takes bytes that are no text", () => {
    expect(readLogTail({ bytes: Buffer.from([0xff, 0xfe, 0x0a, 0x41, 0x0a]), isCut: false }).lines).toEqual([
      "\ufffd\ufffd",
      "A",
    ]);
  });
});
