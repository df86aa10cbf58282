import { type ScaleLinear, type ScaleTime, scaleLinear, scaleTime } from "d3-scale";
import { area, line } from "d3-shape";
import { html, type Markup } from "../page/markup.ts";
import type { Point } from "./point.ts";

export interface TimeChart {
  points: readonly Point[];
  /** A line that goes on from the last point, to there. */
  forecast?: Point | undefined;
  /** A level that must not be reached, and its name. */
  limit?: { value: number; name: string } | undefined;
  /** To a screen reader: what is to be seen. */
  label: string;
  format: (value: number) => string;
  /** Pixels at the usual size; it is scaled to the place that there is. */
  width?: number;
  height?: number;
}

interface Frame {
  x: ScaleTime<number, number>;
  y: ScaleLinear<number, number>;
  width: number;
  height: number;
}

const left = 56;
const right = 10;
const top = 12;
const bottom = 22;

/** A line over time with its axes; the scale of the values begins at nothing. */
export function timeChart({ points, forecast, limit, label, format, width = 360, height = 150 }: TimeChart): Markup {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return html`<p class="quiet">nothing is known yet</p>`;
  const end = forecast ?? last;
  const values = [...points, ...(forecast === undefined ? [] : [forecast])].map(({ value }) => value);
  const largest = [...values, limit?.value ?? 0].reduce((most, value) => Math.max(most, value), 0) || 1;
  const x = scaleTime([first.time, end.time], first === end ? [width / 2, width / 2] : [left, width - right]);
  const y = scaleLinear([0, largest * 1.06], [height - bottom, top]);
  const frame = { x, y, width, height };
  const shape = line<Point>(
    (point) => x(point.time),
    (point) => y(point.value),
  ).digits(1);
  const below = area<Point>(
    (point) => x(point.time),
    y(0),
    (point) => y(point.value),
  ).digits(1);
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${valueAxis(frame, format)}${timeAxis(frame)}<path class="fill" d="${below(points) ?? ""}"/><path class="stroke" d="${shape(points) ?? ""}"/>${
    forecast === undefined ? undefined : html`<path class="stroke forecast" d="${shape([last, forecast]) ?? ""}"/>`
  }${limit === undefined ? undefined : limitLine(frame, limit)}<circle cx="${round(x(last.time))}" cy="${round(y(last.value))}" r="2.6"/></svg>`;
}

function valueAxis({ y, width }: Frame, format: TimeChart["format"]): Markup[] {
  return y
    .ticks(3)
    .map(
      (value) =>
        html`<path class="grid" d="M${left} ${round(y(value))}H${width - right}"/><text x="${left - 6}" y="${round(y(value) + 3.5)}" text-anchor="end">${format(value)}</text>`,
    );
}

function timeAxis({ x, height, width }: Frame): Markup[] {
  const days = (x.domain().at(-1)?.getTime() ?? 0) - (x.domain()[0]?.getTime() ?? 0);
  const length = days > 3 * 365 * 86_400_000 ? 4 : days > 150 * 86_400_000 ? 7 : 10;
  const labels = new Map(
    (days === 0 ? x.domain().slice(0, 1) : x.ticks(Math.floor(width / 110))).map((time) => [
      time.toISOString().slice(0, length),
      x(time),
    ]),
  );
  return [...labels]
    .filter(([, position]) => position > left + 20 && position < width - right - 24)
    .map(
      ([text, position]) => html`<text x="${round(position)}" y="${height - 6}" text-anchor="middle">${text}</text>`,
    );
}

function limitLine({ y, width }: Frame, { value, name }: { value: number; name: string }): Markup {
  return html`<path class="limit" d="M${left} ${round(y(value))}H${width - right}"/><text class="limit-name" x="${left + 4}" y="${round(y(value) + 11)}">${name}</text>`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
