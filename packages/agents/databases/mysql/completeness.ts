import type { ManifestTable } from "@catapullt/core/archive/manifest";
import { OperationError } from "@catapullt/core/errors";
import type { DatabaseInventory } from "../engine.ts";
import { enumerate } from "../enumerate.ts";
import type { DumpContents } from "./sql-scanner.ts";
import { holdsOwnRows } from "./storage.ts";

export interface DumpedDatabase {
  database: string;
  contents: DumpContents;
  before: DatabaseInventory;
  /** The same list taken after the dump: tells what was made or dropped meanwhile. */
  after: DatabaseInventory;
  caseSensitive: boolean;
}

/**
 * Holds the objects in the dump against those that the database has. Throws `dump-incomplete` if one is missing that was
 * there before and after the dump; returns a warning for what came or went while it ran.
 */
export function compareWithInventory({ database, contents, before, after, caseSensitive }: DumpedDatabase): string[] {
  const fold = (name: string) => (caseSensitive ? name : name.toLowerCase());
  const dumped = new Set(dumpedObjects(contents).map(fold));
  const listedBefore = listedObjects(before);
  const listedAfter = listedObjects(after);
  const stillThere = new Set(listedAfter.map(fold));
  const wereThere = new Set(listedBefore.map(fold));
  const missing = listedBefore.filter((name) => !dumped.has(fold(name)));
  const lost = missing.filter((name) => stillThere.has(fold(name)));
  if (lost.length > 0) {
    throw new OperationError("dump-incomplete", `the dump of database ${database} lacks ${enumerate(lost)}`, {
      hint: "the dump tool ended well and said nothing: check the user's grants, and run the tool by hand to see what it leaves out",
    });
  }
  const created = listedAfter.filter((name) => !wereThere.has(fold(name)) && !dumped.has(fold(name)));
  return [
    ...(missing.length === 0 ? [] : [`dropped from database ${database} while it was dumped: ${enumerate(missing)}`]),
    ...(created.length === 0
      ? []
      : [`created in database ${database} while it was dumped, and not in the dump: ${enumerate(created)}`]),
  ];
}

/** The tables, views and sequences of the dump with their figures: rows counted in the dump where they can be. */
export function describeTables(before: DatabaseInventory, contents: DumpContents): ManifestTable[] {
  return before.tables.map((table) => {
    const dumped = contents.tables.get(table.name);
    if (!holdsOwnRows(table) || dumped === undefined) return table;
    if (dumped.rows === undefined) return { ...table, bytes: dumped.bytes };
    return { ...table, bytes: dumped.bytes, rows: dumped.rows, rowsAre: "exact" };
  });
}

function listedObjects({ tables, triggers, routines, events }: DatabaseInventory): string[] {
  return [
    ...tables.map(({ kind, name }) => `${kind} ${name}`),
    ...triggers.map((name) => `trigger ${name}`),
    ...routines,
    ...events.map((name) => `event ${name}`),
  ];
}

function dumpedObjects({ objects }: DumpContents): string[] {
  return Object.entries(objects).flatMap(([kind, names]) =>
    kind === "routine" ? [...names] : [...names].map((name) => `${kind} ${name}`),
  );
}
