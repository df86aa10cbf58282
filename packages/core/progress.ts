import type { Terminal } from "./cli/terminal.ts";
import { formatBytes, formatDuration } from "./units.ts";

export interface Progress {
  /** Adds to what has been done, in bytes. */
  advance(bytes: number): void;
  /** Says what is being worked on now. */
  describe(activity: string): void;
  end(): void;
}

const redrawInterval = 100;

/** A line with activity, bytes, rate, share and remaining time, redrawn ten times a second; nothing where there is no terminal. */
export function createProgress(terminal: Terminal, totalBytes?: number): Progress {
  const startedAt = performance.now();
  let done = 0;
  let activity = "";
  let drawnAt = 0;
  const draw = () => {
    drawnAt = performance.now();
    terminal.showProgress(progressLine({ activity, done, total: totalBytes, elapsed: drawnAt - startedAt }));
  };
  const drawSometimes = () => {
    if (terminal.isInteractive && performance.now() - drawnAt >= redrawInterval) draw();
  };
  return {
    advance(bytes) {
      done += bytes;
      drawSometimes();
    },
    describe(text) {
      activity = text;
      drawSometimes();
    },
    end() {
      terminal.showProgress("");
    },
  };
}

export interface ProgressFigures {
  activity: string;
  /** Bytes. */
  done: number;
  total: number | undefined;
  /** Milliseconds. */
  elapsed: number;
}

export function progressLine({ activity, done, total, elapsed }: ProgressFigures): string {
  const rate = elapsed > 0 ? done / (elapsed / 1000) : 0;
  const parts = [activity, formatBytes(done)];
  if (total !== undefined && total > 0)
    parts.push(`of ${formatBytes(total)} (${Math.min(100, Math.floor((100 * done) / total))} %)`);
  parts.push(`${formatBytes(rate)}/s`);
  if (total !== undefined && rate > 0 && total > done)
    parts.push(`${formatDuration(((total - done) / rate) * 1000)} left`);
  return parts.filter((part) => part !== "").join("  ");
}
