import { describe, expect, it } from "vitest";
import type { SpoolEntry } from "./entry.ts";
import { describeLateness, findPauseEnd, isResting, isTooOld, orderEntries, pauseUntil } from "./late.ts";

const now = new Date("2026-11-23T12:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

describe("describeLateness", () => {
  it("says when it was and how long ago, and nothing of what just happened", () => {
    expect(describeLateness({ time: ago(600) }, now)).toEqual([
      "Sent late: this happened at 2026-11-23 02:00:00 UTC (Monday), 10 h ago.",
    ]);
    expect(describeLateness({ time: ago(0.5) }, now)).toEqual([]);
    expect(describeLateness({ time: ago(-600) }, now)).toEqual([]);
  });
});

describe("isResting", () => {
  it.each([
    ["never tried", undefined, 0, false],
    ["in trouble that may pass", { at: ago(1), isTransient: true }, 3, false],
    ["refused a while ago", { at: ago(14), isTransient: false }, 1, true],
    ["refused long ago", { at: ago(16), isTransient: false }, 1, false],
    ["refused often", { at: ago(16), isTransient: false }, 2, true],
    ["refused very often", { at: ago(359), isTransient: false }, 99, true],
    ["refused very often and long ago", { at: ago(361), isTransient: false }, 99, false],
    ["refused by a clock that was ahead", { at: ago(-60), isTransient: false }, 9, false],
  ])("of one that was %s", (_, failed, tries, rests) => {
    const lastFailure = failed && { ...failed, problem: "no" };
    expect(isResting({ lastFailure, tries }, now)).toBe(rests);
  });
});

describe("a pause that the other side asked for", () => {
  it.each([
    ["goes on", { at: ago(1), retryAt: ago(-5) }, ago(-5)],
    ["is over", { at: ago(9), retryAt: ago(1) }, undefined],
    ["was noted by a clock that was ahead", { at: ago(-60), retryAt: ago(-65) }, undefined],
    ["was not asked for", { at: ago(1) }, undefined],
  ])("%s", (_, failed, end) => {
    expect(findPauseEnd({ lastFailure: { ...failed, problem: "no", isTransient: true } }, now)).toEqual(end);
  });

  it("is no longer than 6 hours", () => {
    expect([pauseUntil(60_000, now), pauseUntil(1e12, now), pauseUntil(undefined, now)]).toEqual([
      ago(-1),
      ago(-360),
      undefined,
    ]);
  });
});

it("keeps the order of time, but lets others pass one that stands in their way for long", () => {
  const entries = [
    ["c", 0],
    ["a", 5],
    ["b", 4],
    ["d", 11],
  ] as const;
  const ordered = orderEntries(entries.map(([name, tries]) => ({ name, entry: { tries } as SpoolEntry })));
  expect(ordered.map(({ name }) => name)).toEqual(["b", "c", "a", "d"]);
});

it("knows what is too old, and nothing is by a clock that went back", () => {
  const keep = 60_000;
  expect([ago(2), ago(0.5), ago(-90)].map((queuedAt) => isTooOld({ queuedAt }, { now, keep }))).toEqual([
    true,
    false,
    false,
  ]);
});
