import type { Terminal } from "../cli/terminal.ts";
import { progressLine } from "./line.ts";
import { createMeter } from "./meter.ts";
import { redrawWhile } from "./redraw.ts";

export interface Progress {
  /** Adds to what has been done, in bytes. */
  advance(bytes: number): void;
  /** Says what is being worked on now. */
  describe(activity: string): void;
  end(): void;
}

/** One line with activity, bytes, rate, share and remaining time; nothing where there is no terminal. */
export function createProgress(terminal: Terminal, total?: number): Progress {
  const meter = createMeter(performance.now());
  let done = 0;
  let activity = "";
  const end = redrawWhile(terminal, (now, { columns }) => [
    progressLine(
      { activity: [activity], done, total, rate: meter.rate(now), isStalled: meter.isStalled(now) },
      columns,
    ),
  ]);
  return {
    advance(bytes) {
      done += bytes;
      meter.add(bytes, performance.now());
    },
    describe(text) {
      activity = text;
    },
    end,
  };
}
