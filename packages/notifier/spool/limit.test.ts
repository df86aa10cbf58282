import { describe, expect, it } from "vitest";
import { chooseGivenUp } from "./limit.ts";

/** Oldest first: `F` is a failure, `s` a success, each of 10 bytes. */
function files(kinds: string) {
  return [...kinds].map((kind, index) => ({
    name: `${kind}${index}`,
    queuedAt: new Date(index),
    isSuccess: kind === "s",
    identity: "smtp-1",
    bytes: 10,
  }));
}

describe("chooseGivenUp", () => {
  it.each([
    ["", 3, 100, ""],
    ["FsF", 3, 100, ""],
    ["FsFs", 3, 100, "s1"],
    ["FsFsF", 2, 100, "s1 s3 F0"],
    ["FFFF", 3, 100, "F0"],
    ["FsFs", 9, 25, "s1 s3"],
    ["FsFs", 9, 5, "s1 s3 F0 F2"],
    ["ssss", 2, 20, "s0 s1"],
  ])("of %o with room for %i and %i bytes gives up %o", (kinds, messages, bytes, given) => {
    const chosen = chooseGivenUp(files(kinds), { messages, bytes });
    expect(chosen.map(({ name }) => name).join(" ")).toBe(given);
  });
});
