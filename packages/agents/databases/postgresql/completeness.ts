import type { ManifestTable } from "@catapullt/core/archive/manifest";
import { OperationError } from "@catapullt/core/errors";
import { enumerate } from "../enumerate.ts";
import type { ArchiveEntry } from "./archive-contents.ts";
import type { ArchiveFigures } from "./archive-scanner.ts";
import { type Catalog, type CatalogObject, describeTables } from "./catalog.ts";

export interface DumpedDatabase {
  database: string;
  entries: readonly ArchiveEntry[];
  before: Catalog;
  /** The same list taken after the dump: tells what was made or dropped meanwhile. */
  after: Catalog;
}

/**
 * Holds the objects in the archive against those that the database has. Throws `dump-incomplete` if one is missing that was
 * there before and after the dump; returns a warning for what came or went while it ran.
 */
export function compareWithCatalog({ database, entries, before, after }: DumpedDatabase): string[] {
  const dumped = new Set(entries.map(keyOf));
  const dumpedRows = new Set(entries.filter(isTableData).map(keyOf));
  const listedBefore = new Set(before.objects.map(keyOf));
  const listedAfter = new Set(after.objects.map(keyOf));
  const missing = before.objects.filter((object) => !dumped.has(keyOf(object)));
  const lost = [
    ...missing.filter((object) => listedAfter.has(keyOf(object))).map(describe),
    ...before.objects
      .filter((object) => object.hasData && listedAfter.has(keyOf(object)) && !dumpedRows.has(dataKeyOf(object)))
      .map(({ name }) => `the rows of ${name}`),
    ...(lacksLargeObjects({ entries, before, after }) ? ["the large objects"] : []),
  ];
  if (lost.length > 0) {
    throw new OperationError("dump-incomplete", `the dump of database ${database} lacks ${enumerate(lost)}`, {
      hint: "pg_dump ended well and said nothing: check that it is the tool itself, not a wrapper that leaves something out",
    });
  }
  const created = after.objects.filter((object) => !listedBefore.has(keyOf(object)) && !dumped.has(keyOf(object)));
  return [
    ...(missing.length === 0
      ? []
      : [`dropped from database ${database} while it was dumped: ${enumerate(missing.map(describe))}`]),
    ...(created.length === 0
      ? []
      : [
          `created in database ${database} while it was dumped, and not in the dump: ${enumerate(created.map(describe))}`,
        ]),
  ];
}

/** The objects that the archive holds, of those that were listed at any time. */
export function dumpedObjects({ entries, before, after }: Omit<DumpedDatabase, "database">): CatalogObject[] {
  const dumped = new Set(entries.map(keyOf));
  const known = new Map([...after.objects, ...before.objects].map((object) => [keyOf(object), object]));
  return [...known.values()].filter((object) => dumped.has(keyOf(object)));
}

/** The tables, views and sequences with their figures: those counted in the archive where they could be. */
export function describeDumpedTables(
  objects: readonly CatalogObject[],
  entries: readonly ArchiveEntry[],
  figures: ArchiveFigures | undefined,
): ManifestTable[] {
  const dumpIds = new Map(entries.filter(isTableData).map((entry) => [keyOf(entry), entry.dumpId]));
  return describeTables(objects).map(({ entry, ...object }) => {
    const found = figures?.get(dumpIds.get(dataKeyOf(object)) ?? -1);
    if (!object.hasData || found === undefined) return entry;
    const { bytes, rows } = found;
    return rows === undefined ? { ...entry, bytes } : { ...entry, bytes, rows, rowsAre: "exact" };
  });
}

// Without any name of its own: one entry for all, or one for many.
function lacksLargeObjects({ entries, before, after }: Omit<DumpedDatabase, "database">): boolean {
  if (before.largeObjects === 0 || after.largeObjects === 0) return false;
  return !entries.some(({ text }) => text.startsWith("BLOBS "));
}

function keyOf({ classId, oid }: Pick<CatalogObject, "classId" | "oid">): string {
  return `${classId}/${oid}`;
}

// What switches row level security on has the same key.
function isTableData({ text }: ArchiveEntry): boolean {
  return text.startsWith("TABLE DATA ");
}

function dataKeyOf({ oid }: Pick<CatalogObject, "oid">): string {
  return `0/${oid}`;
}

const selfDescribing = ["routine", "type"];

function describe({ kind, name }: CatalogObject): string {
  return selfDescribing.includes(kind) ? name : `${kind} ${name}`;
}
