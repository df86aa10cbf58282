import { expect, test, vi } from "vitest";
import { createTerminal, type Terminal } from "./cli/terminal.ts";
import { createProgress, progressLine } from "./progress.ts";

test("shows activity, bytes, share, rate and remaining time", () => {
  expect(progressLine({ activity: "files", done: 50e6, total: 200e6, elapsed: 5_000 })).toBe(
    "files  50.0 MB  of 200 MB (25 %)  10.0 MB/s  15 s left",
  );
});

test("leaves out what is not known", () => {
  expect(progressLine({ activity: "", done: 5e6, total: undefined, elapsed: 1_000 })).toBe("5.00 MB  5.00 MB/s");
  expect(progressLine({ activity: "x", done: 0, total: 10, elapsed: 0 })).toBe("x  0 B  of 10 B (0 %)  0 B/s");
  expect(progressLine({ activity: "x", done: 0, total: 0, elapsed: 1 })).toBe("x  0 B  0 B/s");
});

test("never tells more than all", () => {
  expect(progressLine({ activity: "x", done: 15, total: 10, elapsed: 1_000 })).toBe("x  15 B  of 10 B (100 %)  15 B/s");
});

function recorder(isInteractive: boolean): { terminal: Terminal; shown: string[] } {
  const shown: string[] = [];
  const terminal: Terminal = { isInteractive, write: () => {}, showProgress: (line) => shown.push(line) };
  return { terminal, shown };
}

test("draws at most ten times a second", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    vi.advanceTimersByTime(1_000);
    const { terminal, shown } = recorder(true);
    const progress = createProgress(terminal);
    for (let step = 0; step < 1_000; step += 1) {
      progress.advance(1_000);
      vi.advanceTimersByTime(1);
    }
    expect(shown).toHaveLength(10);
    expect(shown.at(-1)).toContain("901 kB");
    progress.end();
    expect(shown.at(-1)).toBe("");
  } finally {
    vi.useRealTimers();
  }
});

test("draws nothing where there is no terminal", () => {
  const { terminal, shown } = recorder(false);
  const progress = createProgress(terminal, 10);
  progress.describe("files");
  progress.advance(5);
  expect(shown).toEqual([]);
  const bytes: string[] = [];
  createProgress(createTerminal(false, (text) => bytes.push(text))).end();
  expect(bytes).toEqual([]);
});
