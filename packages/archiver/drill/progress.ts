import type { Terminal } from "@catapullt/core/cli/terminal";
import { redrawWhile } from "@catapullt/core/progress/redraw";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { PlannedDrill } from "./plan.ts";

type Drill = Extract<PlannedDrill, { action: "drill" }>;

export interface DrillProgress {
  begin(drill: Drill): void;
  /** Notes that the drill that was begun is over. */
  finish(): void;
  /** Takes the lines away. */
  end(): void;
}

/** A line for the drill that is held, and one for all; nothing where there is no terminal. */
export function createDrillProgress(terminal: Terminal, plan: readonly PlannedDrill[]): DrillProgress {
  const drills = plan.filter((planned) => planned.action === "drill");
  const finished: Drill[] = [];
  let current: { drill: Drill; startedAt: number } | undefined;
  const startedAt = performance.now();
  const end = redrawWhile(terminal, (now) =>
    drillLines({
      ...{ drills, finished, elapsed: now - startedAt },
      current: current && { drill: current.drill, elapsed: now - current.startedAt },
    }),
  );
  return {
    begin(drill) {
      current = { drill, startedAt: performance.now() };
    },
    finish() {
      if (current !== undefined) finished.push(current.drill);
      current = undefined;
    },
    end,
  };
}

/** All times in milliseconds. */
export interface DrillFigures {
  drills: readonly Drill[];
  finished: readonly Drill[];
  current: { drill: Drill; elapsed: number } | undefined;
  elapsed: number;
}

export function drillLines({ drills, finished, current, elapsed }: DrillFigures): string[] {
  const done = sumBytes(finished);
  const rate = elapsed > 0 ? done / elapsed : 0;
  const all = [
    `all  ${finished.length} of ${drills.length} applications`,
    `${formatBytes(done)} of ${formatBytes(sumBytes(drills))}`,
    ...(done > 0 ? [`${formatBytes(rate * 1000)}/s`] : []),
  ];
  const left = remaining({ drills, finished, current, rate });
  if (left !== undefined) all.push(`about ${formatDuration(left)} left`);
  if (current === undefined) return [all.join("  ")];
  const { host, application, archive, lastDuration } = current.drill;
  const time = `for ${formatDuration(current.elapsed)}`;
  const usual = lastDuration === undefined ? "" : `, ${formatDuration(lastDuration)} the last time`;
  return [`${host}/${application}  ${archive.name}  ${formatBytes(archive.bytes)}  ${time}${usual}`, all.join("  ")];
}

/** What the drills that are left took the last time, or else would take at the speed of this run's; undefined where nobody can tell. */
function remaining({
  drills,
  finished,
  current,
  rate,
}: Omit<DrillFigures, "elapsed"> & { rate: number }): number | undefined {
  let sum = 0;
  for (const drill of drills) {
    if (finished.includes(drill)) continue;
    const duration = drill.lastDuration ?? (rate > 0 ? drill.archive.bytes / rate : undefined);
    if (duration === undefined) return undefined;
    sum += drill === current?.drill ? Math.max(0, duration - current.elapsed) : duration;
  }
  return sum;
}

function sumBytes(drills: readonly Drill[]): number {
  return drills.reduce((sum, { archive }) => sum + archive.bytes, 0);
}
