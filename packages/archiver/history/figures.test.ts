import { describe, expect, test } from "vitest";
import { formatChange } from "./figures.ts";

describe("formatChange", () => {
  test.each([
    [100, undefined, "-"],
    [100, 0, "-"],
    [0, 0, "-"],
    [100, 100, "="],
    [1032, 1000, "+3.2 %"],
    [500, 1000, "-50 %"],
    [0, 1000, "-100 %"],
    [9_000, 1000, "+800 %"],
    [12_300, 1000, "x12"],
    [100_001, 100_000, "0.0 %"],
    [99_999, 100_000, "0.0 %"],
  ])("writes %j after %j as %s", (bytes, before, text) => {
    expect(formatChange(bytes, before)).toBe(text);
  });
});
