import { type ChartCharacters, drawColumns, type Sample } from "@catapullt/core/chart";
import { median } from "@catapullt/core/statistics";
import { type Column, formatTable } from "@catapullt/core/table";
import { formatBytes, formatDuration, formatMoment } from "@catapullt/core/units";
import type { ApplicationId } from "../catalog/catalog.ts";
import { formatChange } from "./figures.ts";
import { tableWidth } from "./table-width.ts";

/** One backup, as far as the tables speak of it. */
export interface Backup extends Sample {
  seconds: number | undefined;
  version: string | undefined;
  /** Of the backup before it; undefined for the first one. */
  bytesBefore: number | undefined;
  /** When it left the vault; undefined while it is there. */
  goneAt: Date | undefined;
}

/** An application's row. */
export interface ApplicationOverview extends ApplicationId {
  count: number;
  first: Date;
  /** The newest ones, oldest first. */
  recent: [Backup, ...Backup[]];
}

/** How many backups the chart and the medians speak of. */
export const recentCount = 30;

/** One row, or none of no backups. */
export function overviewOf({ host, application }: ApplicationId, backups: readonly Backup[]): ApplicationOverview[] {
  const [oldest] = backups;
  const [first, ...others] = backups.slice(-recentCount);
  if (oldest === undefined || first === undefined) return [];
  return [{ host, application, count: backups.length, first: oldest.time, recent: [first, ...others] }];
}

export interface TableStyle {
  characters: ChartCharacters;
  /** Of the terminal; undefined where there is none. */
  width: number | undefined;
}

const shortestChart = 8;

/** One row for each application. On a narrow terminal charts are shorter, then columns that matter least are left out. */
export function formatOverview(rows: readonly ApplicationOverview[], style: TableStyle): string {
  let table = "";
  for (const left of [[], ["FIRST (UTC)"], ["FIRST (UTC)", "MEDIAN"], ["FIRST (UTC)", "MEDIAN", "DURATION"]]) {
    table = fitChart(
      rows,
      overviewColumns.filter(({ title }) => !left.includes(title)),
      style,
    );
    if (excess(table, style) === 0) break;
  }
  return table;
}

function fitChart(
  rows: readonly ApplicationOverview[],
  columns: readonly Column<ApplicationOverview>[],
  style: TableStyle,
): string {
  const chart = (row: ApplicationOverview, width: number) => drawColumns(row.recent, width, style.characters);
  const table = (width: number) =>
    formatTable([...columns, { title: "SIZES", value: (row) => chart(row, width) }], rows);
  const whole = table(recentCount);
  if (excess(whole, style) === 0) return whole;
  const widest = rows.reduce((most, row) => Math.max(most, chart(row, recentCount).length), 0);
  return table(Math.max(shortestChart, widest - excess(whole, style)));
}

function excess(table: string, { width }: TableStyle): number {
  return width === undefined ? 0 : Math.max(0, tableWidth(table) - width);
}

const overviewColumns: readonly Column<ApplicationOverview>[] = [
  { title: "HOST", value: ({ host }) => host },
  { title: "APPLICATION", value: ({ application }) => application },
  { title: "BACKUPS", value: ({ count }) => String(count), align: "right" },
  { title: "FIRST (UTC)", value: ({ first }) => formatMoment(first, "day") },
  { title: "LAST (UTC)", value: (row) => formatMoment(last(row).time, "minute") },
  { title: "SIZE", value: (row) => formatBytes(last(row).bytes), align: "right" },
  { title: "CHANGE", value: (row) => formatChange(last(row).bytes, last(row).bytesBefore), align: "right" },
  { title: "MEDIAN", value: ({ recent }) => formatMedian(recent), align: "right" },
  { title: "DURATION", value: (row) => formatSeconds(last(row).seconds), align: "right" },
];

function last({ recent }: ApplicationOverview): Backup {
  return recent.at(-1) ?? recent[0];
}

function formatMedian(backups: readonly Backup[]): string {
  const middle = median(backups.map(({ bytes }) => bytes));
  return middle === undefined ? "-" : formatBytes(middle);
}

/** `-` where it is not known. */
export function formatSeconds(seconds: number | undefined): string {
  return seconds === undefined ? "-" : formatDuration(seconds * 1000);
}
