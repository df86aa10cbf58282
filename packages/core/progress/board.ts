import type { Terminal, TerminalSize } from "../cli/terminal.ts";
import { progressLine } from "./line.ts";
import { createMeter, type Meter } from "./meter.ts";
import { redrawWhile } from "./redraw.ts";

/** Several tasks at once: a line for each that is worked on, and one for all. */
export interface ProgressBoard {
  /** Begins work on a task that has so many bytes to do, such as what a host has to send. */
  begin(name: string, expected: { bytes: number; parts?: number }): ProgressTask;
  /** Notes that one of the tasks will not come again. */
  finish(): void;
  /** Takes all lines away. */
  end(): void;
}

export interface ProgressTask {
  /** Names the part that is worked on now, such as an archive. */
  describe(part: string): void;
  advance(bytes: number): void;
  finishPart(): void;
  /** Ends the work: what was expected and did not come no longer counts. */
  end(): void;
}

export interface BoardOptions {
  /** How many tasks there are, and what they are called: `12 of 200 hosts`. */
  tasks: number;
  noun: string;
  /** Bytes of all tasks, where that is known before; otherwise it is told once no task is waited for. */
  bytes?: number | undefined;
}

interface Work {
  name: string;
  part: string;
  parts: number;
  partsDone: number;
  done: number;
  total: number;
  meter: Meter;
}

export function createProgressBoard(terminal: Terminal, { tasks, noun, bytes }: BoardOptions): ProgressBoard {
  const active = new Set<Work>();
  const meter = createMeter(performance.now());
  let finished = 0;
  let done = 0;
  let begun = 0;
  const drawAll = (now: number, columns: number) => {
    const total = bytes ?? (finished + active.size < tasks ? undefined : begun);
    const activity = ["all", `${finished} of ${tasks} ${noun}`];
    return progressLine({ activity, done, total, rate: meter.rate(now), isStalled: meter.isStalled(now) }, columns);
  };
  const end = redrawWhile(terminal, (now, { columns, rows }: TerminalSize) => {
    const lines = [...active].map((work) => drawOne(work, now, columns));
    if (tasks === 1) return lines;
    // The line above is the last of the log, and may be the one that matters.
    const room = Math.max(0, rows - 2);
    if (lines.length <= room) return [...lines, drawAll(now, columns)];
    const shown = Math.max(0, room - 1);
    const others = `and ${lines.length - shown} more ${noun} at work`.slice(0, columns);
    return [...lines.slice(0, shown), others, drawAll(now, columns)].slice(-Math.max(1, rows - 1));
  });
  return {
    begin(name, expected) {
      const work: Work = {
        ...{ name, part: "", parts: expected.parts ?? 0, partsDone: 0, done: 0, total: expected.bytes },
        meter: createMeter(performance.now()),
      };
      active.add(work);
      begun += expected.bytes;
      return {
        describe(part) {
          work.part = part;
        },
        advance(amount) {
          const now = performance.now();
          work.done += amount;
          done += amount;
          work.meter.add(amount, now);
          meter.add(amount, now);
        },
        finishPart() {
          work.partsDone += 1;
        },
        end() {
          begun += work.done - work.total;
          active.delete(work);
        },
      };
    },
    finish() {
      finished += 1;
    },
    end,
  };
}

function drawOne({ name, part, parts, partsDone, done, total, meter }: Work, now: number, columns: number): string {
  const counted = parts > 1 ? `${partsDone} of ${parts}` : "";
  const activity = [name, counted, part];
  return progressLine({ activity, done, total, rate: meter.rate(now), isStalled: meter.isStalled(now) }, columns);
}
