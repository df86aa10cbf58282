import { median } from "./statistics.ts";

/** Characters of rising height for a row of columns, and of rising length for a bar. */
export interface ChartCharacters {
  columns: string;
  bar: string;
}

/** For readers who have a font with block characters, as mail programs and phones do. */
export const blocks: ChartCharacters = { columns: "▁▂▃▄▅▆▇█", bar: "▏▎▍▌▋▊▉█" };
const ascii: ChartCharacters = { columns: "_.:-=+*#", bar: "#" };

/** Block characters where the locale is UTF-8 and the terminal is not a dumb one; else ASCII. */
export function chartCharacters(environment: NodeJS.ProcessEnv): ChartCharacters {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || "";
  return /utf-?8/i.test(locale) && environment.TERM !== "dumb" ? blocks : ascii;
}

export interface Sample {
  time: Date;
  bytes: number;
}

/**
 * The last sizes as columns, oldest first, at most `width` of them. The scale begins at nothing, so that half a size is half
 * a column and noise stays small. A blank stands for each backup that is missing by the usual distance, for three at most.
 */
export function drawColumns(samples: readonly Sample[], width: number, { columns }: ChartCharacters): string {
  const largest = samples.slice(-width).reduce((most, { bytes }) => Math.max(most, bytes), 0);
  const distances = samples.slice(1).map(({ time }, index) => distance(samples[index], time));
  const usual = median(distances) ?? 0;
  const drawn = samples.map(({ bytes }, index) => {
    const missing = index === 0 || usual === 0 ? 0 : Math.round((distances[index - 1] ?? 0) / usual) - 1;
    return " ".repeat(Math.min(3, Math.max(0, missing))) + drawColumn(bytes / largest, { columns });
  });
  return drawn.join("").slice(-width).trimStart();
}

function distance(before: Sample | undefined, time: Date): number {
  return before === undefined ? 0 : time.getTime() - before.time.getTime();
}

/** One column for the part that a size is of the largest one. */
export function drawColumn(share: number, { columns }: Pick<ChartCharacters, "columns">): string {
  const level = Number.isNaN(share) ? 0 : Math.ceil(share * columns.length) - 1;
  return columns.charAt(Math.max(0, level));
}

/** A bar for the part that a size is of the largest one; as long as `width` at most. */
export function drawBar(share: number, width: number, { bar }: ChartCharacters): string {
  const steps = Math.round(share * width * bar.length);
  const full = bar.charAt(bar.length - 1).repeat(Math.floor(steps / bar.length));
  return full + bar.slice(0, steps % bar.length).slice(-1);
}
