import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createProgressBoard } from "./board.ts";
import { createProgress } from "./progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function recorder({ isInteractive = true, rows = 24 } = {}) {
  const shown: (readonly string[])[] = [];
  const size = () => ({ columns: 81, rows });
  return {
    shown,
    terminal: { isInteractive, size, write() {}, showProgress: (lines: readonly string[]) => void shown.push(lines) },
  };
}

test("shows a line for each host that is worked on, and one for all", () => {
  const { terminal, shown } = recorder();
  const board = createProgressBoard(terminal, { tasks: 3, noun: "hosts" });
  board.begin("jira01", { bytes: 0 }).end();
  board.finish();
  const wiki = board.begin("wiki01", { bytes: 8_000_000, parts: 2 });
  board.begin("git01", { bytes: 2_000_000 });
  wiki.describe("first.tar");
  wiki.advance(1_000_000);
  wiki.finishPart();
  vi.advanceTimersByTime(1_000);
  expect(shown.at(-1)).toEqual([
    "wiki01  1 of 2  first.tar  1.00 MB of 8.00 MB (12 %)  1.00 MB/s  7.0 s left",
    "git01  0 B of 2.00 MB (0 %)  0 B/s",
    "all  1 of 3 hosts  1.00 MB of 10.0 MB (10 %)  1.00 MB/s  9.0 s left",
  ]);
  board.end();
  expect(shown.at(-1)).toEqual([]);
});

test("counts only what came of a host that ended early, and begins anew with it", () => {
  const { terminal, shown } = recorder();
  const board = createProgressBoard(terminal, { tasks: 2, noun: "hosts" });
  const first = board.begin("wiki01", { bytes: 1_000 });
  first.advance(400);
  first.end();
  board.begin("wiki01", { bytes: 600 });
  vi.advanceTimersByTime(1_000);
  expect(shown.at(-1)).toEqual(["wiki01  0 B of 600 B (0 %)  0 B/s", "all  0 of 2 hosts  400 B  400 B/s"]);
});

test("shows no more lines than the terminal has", () => {
  const { terminal, shown } = recorder({ rows: 6 });
  const board = createProgressBoard(terminal, { tasks: 200, noun: "hosts" });
  for (let number = 1; number <= 20; number += 1) board.begin(`host${number}`, { bytes: 1 });
  vi.advanceTimersByTime(200);
  expect(shown.at(-1)).toHaveLength(5);
  expect(shown.at(-1)?.at(-2)).toBe("and 17 more hosts at work");
});

test.each([
  [3, ["and 20 more hosts at work", "all  0 of 200 hosts  0 B  0 B/s"]],
  [2, ["all  0 of 200 hosts  0 B  0 B/s"]],
  [1, ["all  0 of 200 hosts  0 B  0 B/s"]],
])("shows what fits on a terminal of %i rows", (rows, lines) => {
  const { terminal, shown } = recorder({ rows });
  const board = createProgressBoard(terminal, { tasks: 200, noun: "hosts" });
  for (let number = 1; number <= 20; number += 1) board.begin(`host${number}`, { bytes: 1 });
  vi.advanceTimersByTime(200);
  expect(shown.at(-1)).toEqual(lines);
});

test("promises no end while hosts are waited for that have not told what they have", () => {
  const { terminal, shown } = recorder();
  const board = createProgressBoard(terminal, { tasks: 2, noun: "hosts" });
  board.begin("wiki01", { bytes: 8_000_000 }).advance(1_000_000);
  vi.advanceTimersByTime(1_000);
  expect(shown.at(-1)?.at(-1)).toBe("all  0 of 2 hosts  1.00 MB  1.00 MB/s");
  board.finish();
  vi.advanceTimersByTime(200);
  expect(shown.at(-1)?.at(-1)).toMatch(/ of 8\.00 MB \(12 %\) .* left$/);
});

test("needs no line for all where there is only one task", () => {
  const { terminal, shown } = recorder();
  createProgressBoard(terminal, { tasks: 1, noun: "hosts" }).begin("wiki01", { bytes: 5 });
  vi.advanceTimersByTime(200);
  expect(shown).toEqual([["wiki01  0 B of 5 B (0 %)  0 B/s"]]);
});

test("shows nothing where there is no terminal", () => {
  const { terminal, shown } = recorder({ isInteractive: false });
  const board = createProgressBoard(terminal, { tasks: 1, noun: "hosts" });
  board.begin("wiki01", { bytes: 10 }).advance(10);
  const progress = createProgress(terminal, 10);
  progress.advance(5);
  vi.advanceTimersByTime(1_000);
  board.end();
  progress.end();
  expect(shown).toEqual([]);
});

test("a single line is drawn five times a second, however often something comes", () => {
  const { terminal, shown } = recorder();
  const progress = createProgress(terminal);
  progress.describe("files");
  for (let step = 0; step < 1_000; step += 1) {
    progress.advance(1_000);
    vi.advanceTimersByTime(1);
  }
  expect(shown).toHaveLength(5);
  expect(shown.at(-1)).toEqual(["files  1.00 MB  1.00 MB/s"]);
  progress.end();
});
