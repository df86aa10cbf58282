import { type ScaleLogarithmic, scaleLog } from "d3-scale";
import { html, type Markup } from "../page/markup.ts";

const hour = 3_600_000;
const day = 24 * hour;
const width = 600;
const height = 20;
const foot = 18;
/** What is younger stands at the right edge. */
const youngest = 6 * hour;

/** The ages at which the axis has a name. */
const marks: readonly (readonly [name: string, age: number])[] = [
  ["1 day", day],
  ["1 week", 7 * day],
  ["1 month", 30.44 * day],
  ["3 months", 91.3 * day],
  ["1 year", 365.25 * day],
  ["3 years", 3 * 365.25 * day],
  ["10 years", 10 * 365.25 * day],
];

export interface Timeline {
  now: Date;
  scale: ScaleLogarithmic<number, number>;
}

/**
 * A common axis of ages, today at the right: by their logarithm, as retention thins archives out, so that days, months and years all
 * have room.
 */
export function createTimeline(oldest: Date, now: Date): Timeline {
  const age = Math.max(now.getTime() - oldest.getTime(), 8 * day) * 1.15;
  return { now, scale: scaleLog([youngest, age], [width - 4, 4]).clamp(true) };
}

/** The names of the ages, above the rows. */
export function timelineAxis({ scale }: Timeline): Markup {
  const last = scale.domain()[1] ?? 0;
  const shown = marks.filter(([, age]) => age < last * 0.95);
  const labels = shown.map(
    ([name, age], index) =>
      html`<text class="${(shown.length - index) % 2 === 0 ? "minor" : "major"}" x="${percent(scale(age))}%" y="12" text-anchor="middle">${name}</text>`,
  );
  return html`<svg class="ages" width="100%" height="16" aria-hidden="true">${labels}<text x="100%" y="12" text-anchor="end">today</text></svg>`;
}

export interface TimelineMarks {
  kept: readonly Date[];
  /** Which the next prune removes. */
  leaving: readonly Date[];
  /** Which were here once. */
  gone: readonly Date[];
}

/** A row: a tall mark for each archive that is kept, a hollow one for each that goes next, a short one for each that went. */
export function timelineRow({ now, scale }: Timeline, { kept, leaving, gone }: TimelineMarks, label: string): Markup {
  const places = (times: readonly Date[]) =>
    [...new Set(times.map((time) => Math.round(scale(Math.max(youngest, now.getTime() - time.getTime())))))].sort(
      (one, other) => one - other,
    );
  // Each place relative to the one before it: of a thousand applications, this is half of what the marks take.
  const draw = (times: readonly Date[], from: number) =>
    places(times)
      .map(
        (place, index, all) =>
          `${index === 0 ? `M${place} ${from}` : `m${place - (all[index - 1] ?? 0)} ${from - foot}`}V${foot}`,
      )
      .join("");
  const grid = marks.filter(([, age]) => age < (scale.domain()[1] ?? 0)).map(([, age]) => Math.round(scale(age)));
  return html`<svg class="timeline" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${label}"><path class="grid" d="${grid.map((place) => `M${place} 0V${height}`).join("")}"/><path class="gone" d="${draw(gone, 13)}"/><path class="leaving" d="${draw(leaving, 3)}"/><path class="kept" d="${draw(kept, 3)}"/></svg>`;
}

function percent(place: number): number {
  return Math.round((place / width) * 1000) / 10;
}
