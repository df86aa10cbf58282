import { scaleLinear, scaleTime } from "d3-scale";
import { line } from "d3-shape";
import { html, type Markup } from "../page/markup.ts";
import type { Point } from "./point.ts";

const width = 120;
const height = 28;
const margin = 3;

/**
 * The last values as a line over time, in the size of a word; the scale begins at nothing, so that noise stays small. `label` says to a
 * screen reader what is to be seen.
 */
export function sparkline(points: readonly Point[], label: string): Markup {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return html`<span class="quiet">-</span>`;
  const x = scaleTime([first.time, last.time], points.length === 1 ? [width / 2, width / 2] : [margin, width - margin]);
  const largest = points.reduce((most, { value }) => Math.max(most, value), 0);
  const y = scaleLinear([0, largest || 1], [height - 1, margin]);
  const left = (point: Point) => x(point.time);
  const top = (point: Point) => y(point.value);
  // Whole units: of a thousand applications, each digit counts.
  const shape = line<Point>(left, top).digits(0)(points) ?? "";
  const below = `${shape}V${height}H${Math.round(left(first))}Z`;
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}"><path class="fill" d="${below}"/><path class="stroke" d="${shape}"/><circle cx="${Math.round(left(last))}" cy="${Math.round(top(last))}" r="2.2"/></svg>`;
}
