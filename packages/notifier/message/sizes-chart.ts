import { formatBytes } from "@catapullt/core/units";
import type { RecordedRun } from "../state/job-record.ts";
import type { Bar, Section } from "./content.ts";

const shownRuns = 14;
const tones = { success: "good", warning: "notice", failure: "bad" } as const;
const gaps = { success: "no size", warning: "no size", failure: "failed" } as const;

/** The sizes of the last runs, this one included; undefined where fewer than two have one. */
export function sizesSection(runs: readonly RecordedRun[]): Section | undefined {
  const shown = runs.slice(-shownRuns);
  const sizes = shown.flatMap(({ bytes }) => bytes ?? []);
  if (sizes.length < 2) return undefined;
  const largest = Math.max(...sizes);
  return { kind: "chart", title: "Sizes of the last runs", bars: shown.map((run) => barOf(run, largest)) };
}

function barOf({ state, startedAt, bytes }: RecordedRun, largest: number): Bar {
  const size = bytes === undefined ? gaps[state] : formatBytes(bytes);
  return {
    label: formatDay(startedAt),
    share: bytes === undefined ? undefined : bytes / Math.max(1, largest),
    text: bytes !== undefined && state === "failure" ? `${size}, failed` : size,
    tone: tones[state],
  };
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Mon 23 Nov 02:00`, in UTC. */
function formatDay(time: Date): string {
  const day = String(time.getUTCDate()).padStart(2);
  return `${days[time.getUTCDay()]} ${day} ${months[time.getUTCMonth()]} ${time.toISOString().slice(11, 16)}`;
}
