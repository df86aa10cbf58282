import { describe, expect, it } from "vitest";
import type { RecordedRun } from "../state/job-record.ts";
import { describeDuration, describeSize, findSizeChange } from "./change.ts";

function run(bytes: number | undefined, more: Partial<RecordedRun> = {}): RecordedRun {
  const startedAt = new Date("2026-11-22T02:00:00Z");
  const endedAt = new Date(startedAt.getTime() + 178_000);
  return { state: "success", startedAt, endedAt, exitCode: 0, bytes, ...more };
}

const failed = run(undefined, { state: "failure", exitCode: 1 });

describe("describeSize", () => {
  it.each([
    ["more", 1_234_000_000, [run(1_208_000_000)], "1.23 GB (+2.2 %, +26.0 MB against the last run)"],
    ["less", 600_000_000, [run(1_200_000_000)], "600 MB (-50.0 %, -600 MB against the last run)"],
    ["the same", 5_000, [run(5_000)], "5.00 kB (the same as in the last run)"],
    ["next to nothing", 1_000_001, [run(1_000_000)], "1.00 MB (+0.1 % at most, +1 B against the last run)"],
    ["next to nothing less", 999_999, [run(1_000_000)], "1.00 MB (-0.1 % at most, -1 B against the last run)"],
    ["many times as much", 5_000_000, [run(1_000)], "5.00 MB (+499900 %, +5.00 MB against the last run)"],
    ["nothing at all", 0, [run(1_000)], "0 B (-100 %, -1.00 kB against the last run)"],
    ["something after nothing", 1_000, [run(0)], "1.00 kB (the last run had 0 B)"],
    ["nothing again", 0, [run(0)], "0 B (the same as in the last run)"],
    ["the first run", 1_000, [], "1.00 kB (first run)"],
    ["the first size", 1_000, [failed], "1.00 kB (no earlier run had a size)"],
    [
      "a size with a failed run between",
      1_100,
      [run(1_000), failed],
      "1.10 kB (+10.0 %, +100 B against the run of 2026-11-22 02:00 UTC)",
    ],
  ])("tells %s", (_, bytes, recent, text) => {
    expect(describeSize(bytes, recent)).toBe(text);
  });
});

describe("findSizeChange", () => {
  it("is JSON, for documents and templates", () => {
    const change = findSizeChange(1_234, [run(1_000), failed]);
    expect(JSON.parse(JSON.stringify(change))).toEqual({
      previousBytes: 1_000,
      previousTime: "2026-11-22T02:00:00.000Z",
      difference: 234,
      percent: 23.4,
      isLastRun: false,
    });
    expect(findSizeChange(1, [failed])).toBeUndefined();
  });
});

describe("describeDuration", () => {
  it.each([
    ["the last run", [failed, run(1)], "3 min 5 s (last: 2 min 58 s)"],
    ["the last one that did not fail", [run(1), failed], "3 min 5 s (last success: 2 min 58 s)"],
    ["a run with warnings", [run(1, { state: "warning" })], "3 min 5 s (last: 2 min 58 s)"],
    ["nothing where all failed", [failed], "3 min 5 s"],
    ["nothing the first time", [], "3 min 5 s"],
  ])("compares with %s", (_, recent, text) => {
    expect(describeDuration(185_000, recent)).toBe(text);
  });
});
