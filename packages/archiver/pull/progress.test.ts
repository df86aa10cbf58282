import type { Terminal } from "@catapullt/core/cli/terminal";
import { expect, onTestFinished, test, vi } from "vitest";
import { createPullProgress } from "./progress.ts";

function terminal(isInteractive: boolean) {
  const lines: string[] = [];
  const shown: Terminal = { isInteractive, write() {}, showProgress: (line) => void lines.push(line) };
  return { lines, shown };
}

test("shows the hosts that are worked on, and takes the line away with the last one", () => {
  const { lines, shown } = terminal(true);
  const progress = createPullProgress(shown);
  const wiki = progress.begin("wiki01", 2_000_000);
  const jira = progress.begin("jira01", 0);
  jira.end();
  expect(lines).toEqual([expect.stringMatching(/^wiki01 {2}0 B {2}of 2\.00 MB \(0 %\)/)]);
  wiki.end();
  expect(lines.at(-1)).toBe("");
});

test("counts only what came of a host that ended early", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { lines, shown } = terminal(true);
  const progress = createPullProgress(shown);
  const first = progress.begin("wiki01", 1_000);
  first.advance(400);
  first.end();
  lines.length = 0;

  vi.advanceTimersByTime(200);
  progress.begin("wiki01", 600);
  expect(lines).toEqual([expect.stringContaining("400 B  of 1.00 kB (40 %)")]);
});

test("shows nothing where there is no terminal", () => {
  const { lines, shown } = terminal(false);
  const task = createPullProgress(shown).begin("wiki01", 10);
  task.advance(10);
  expect(lines).toEqual([]);
});
