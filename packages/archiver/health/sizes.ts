import { formatBytes } from "@catapullt/core/units";
import type { RecordedArchive } from "../catalog/catalog.ts";
import type { SizeLimits } from "../config/thresholds.ts";
import { tableBytesFloor } from "../vault/contents.ts";
import { type Deviation, fewestCompared, findDeviation } from "./deviation.ts";
import { type Series, seriesOf } from "./series.ts";

/** How an application's newest archive differs from those before it. */
export interface SizeVariation {
  kind: Deviation["kind"];
  /** Such as `1.2 GB, usually 4.1 GB (20 archives before it): table page of confluence 12 MB, usually 1.9 GB`. */
  message: string;
}

interface PartDeviation extends Deviation {
  part: Series;
}

/** The floors of figures that are not bytes: so many files or tables more or less are nothing. */
const countFloors = { files: 20, tables: 3 } as const;
const partsTold = 4;

/**
 * Compares the newest of some archives of one application, oldest first, with those before it: its size, each dump, table
 * and tree. What grows inside is told of only where the whole or a dump or tree grows; at most one variation of each kind. Pure.
 */
export function findSizeVariations(archives: readonly RecordedArchive[], limits: SizeLimits): SizeVariation[] {
  const newest = archives.at(-1);
  const earlier = archives.slice(0, -1);
  if (newest === undefined || earlier.length < fewestCompared) return [];
  const parts = findPartDeviations(newest, earlier, limits);
  const whole = findDeviation(
    earlier.map(({ bytes }) => bytes),
    newest.bytes,
    limits,
  );
  return (["shrunk", "grown"] as const).flatMap((kind) => {
    const own = parts.filter((deviation) => deviation.kind === kind).sort(byDifference);
    const isWhole = whole?.kind === kind;
    if (!isWhole && !own.some(({ part }) => kind === "shrunk" || part.kind !== "table")) return [];
    const total = isWhole ? ownSize(newest.bytes, whole) : "";
    return [{ kind, message: [total, describeParts(own)].filter((text) => text !== "").join(": ") }];
  });
}

function findPartDeviations(
  newest: RecordedArchive,
  earlier: readonly RecordedArchive[],
  limits: SizeLimits,
): PartDeviation[] {
  if (newest.contents === undefined) return [];
  const before = earlier.flatMap(({ contents }) => contents ?? []);
  if (before.length < fewestCompared) return [];
  return seriesOf(newest.contents, before).flatMap((part) => {
    const deviation = part.isGone
      ? { kind: "shrunk" as const, usual: part.earlier.at(-1) ?? 0, compared: before.length }
      : findDeviation(part.earlier, part.newest, { ...limits, floor: floorOf(part, limits) });
    return deviation === undefined ? [] : [{ ...deviation, part }];
  });
}

function floorOf({ kind, unit }: Series, { floor }: SizeLimits): number {
  if (unit !== "bytes") return countFloors[unit];
  return kind === "table" ? Math.max(floor, tableBytesFloor) : floor;
}

function describeParts(deviations: readonly PartDeviation[]): string {
  const told = deviations
    .slice(0, partsTold)
    .map(({ part, usual }) => `${nameOf(part)} ${format(part.newest, part)}, usually ${format(usual, part)}`);
  const more = deviations.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

/** `table page of confluence`, `files of tree home` */
function nameOf({ kind, unit, name, database }: Series): string {
  if (kind === "table") return `table ${name} of ${database}`;
  return unit === "bytes" ? `${kind} ${name}` : `${unit} of ${kind} ${name}`;
}

function format(value: number, { unit, kind }: Series): string {
  if (unit !== "bytes") return String(Math.round(value));
  if (value > 0) return formatBytes(value);
  return kind === "table" ? `less than ${formatBytes(tableBytesFloor)}` : "nothing";
}

function ownSize(bytes: number, { usual, compared }: Deviation): string {
  return `${formatBytes(bytes)}, usually ${formatBytes(usual)} (of the ${compared} before it)`;
}

// Sizes before counts, and the largest difference first.
function byDifference(one: PartDeviation, other: PartDeviation): number {
  const rank = ({ part }: PartDeviation) => (part.unit === "bytes" ? 0 : 1);
  const difference = ({ part, usual }: PartDeviation) => Math.abs(part.newest - usual);
  return rank(one) - rank(other) || difference(other) - difference(one);
}
