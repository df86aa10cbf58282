import { drawBar } from "@catapullt/core/chart";
import { escapeControls } from "@catapullt/core/printable";
import { median } from "@catapullt/core/statistics";
import { formatTable } from "@catapullt/core/table";
import { formatBytes, formatMoment } from "@catapullt/core/units";
import type { ApplicationId } from "../catalog/catalog.ts";
import { formatChange } from "./figures.ts";
import { type Backup, formatSeconds, type TableStyle } from "./overview.ts";
import { tableWidth } from "./table-width.ts";

const longestBar = 40;
const shortestBar = 4;

/** One row for each backup of an application, oldest first, and what they amount to. */
export function formatDetails(
  { host, application }: ApplicationId,
  backups: readonly Backup[],
  { characters, width }: TableStyle,
): string {
  const largest = backups.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  const table = (barWidth: number) =>
    formatTable(
      [
        { title: "TIME (UTC)", value: ({ time }) => formatMoment(time) },
        { title: "SIZE", value: ({ bytes }) => formatBytes(bytes), align: "right" },
        { title: "CHANGE", value: ({ bytes, bytesBefore }) => formatChange(bytes, bytesBefore), align: "right" },
        { title: "DURATION", value: ({ seconds }) => formatSeconds(seconds), align: "right" },
        { title: "VERSION", value: ({ version }) => version ?? "-" },
        {
          title: "LEFT VAULT",
          value: ({ goneAt }) => (goneAt === undefined ? "-" : formatMoment(goneAt, "day")),
        },
        { title: "", value: ({ bytes }) => drawBar(largest === 0 ? 0 : bytes / largest, barWidth, characters) },
      ],
      backups,
    );
  const place = width === undefined ? longestBar : width - tableWidth(table(0)) - 2;
  const bars = place < shortestBar ? 0 : Math.min(longestBar, place);
  return `${table(bars)}${summarize(escapeControls(`${host} ${application}`), backups)}\n`;
}

function summarize(subject: string, backups: readonly Backup[]): string {
  const sizes = backups.map(({ bytes }) => bytes);
  const [smallest, largest] = [sizes.reduce(minimum, Number.POSITIVE_INFINITY), sizes.reduce(maximum, 0)];
  const duration = median(backups.flatMap(({ seconds }) => seconds ?? []));
  const held = backups.filter(({ goneAt }) => goneAt === undefined).length;
  return [
    `${subject}: ${backups.length} ${backups.length === 1 ? "backup" : "backups"}, ${held} in the vault`,
    `${formatBytes(smallest)} to ${formatBytes(largest)}, median ${formatBytes(median(sizes) ?? 0)}`,
    ...(duration === undefined ? [] : [`median duration ${formatSeconds(duration)}`]),
  ].join("; ");
}

function minimum(one: number, other: number): number {
  return Math.min(one, other);
}

function maximum(one: number, other: number): number {
  return Math.max(one, other);
}
