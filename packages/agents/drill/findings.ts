import type { ManifestDatabase, ManifestTable } from "@catapullt/core/archive/manifest";
import type { OperationError } from "@catapullt/core/errors";
import type { DatabaseInventory } from "../databases/engine.ts";
import { enumerate } from "../databases/enumerate.ts";

/** Something that is not as it should be: the archive is not proven. */
export interface Finding {
  /** What it was found in: `archive`, `database confluence`, `files of home`, `application`. */
  subject: string;
  message: string;
  /** What to do about it, where that is known. */
  hint?: string;
}

/** What an error says, as a finding. */
export function findingOf(subject: string, { message, hint }: OperationError): Finding {
  return { subject, message, ...(hint === undefined ? {} : { hint }) };
}

/** Holds what stands in a server against what the manifest says of the dump. Empty where they are equal. */
export function compareStock(recorded: ManifestDatabase, found: DatabaseInventory): string[] {
  const fold = foldFor(recorded, found);
  return [
    ...missing(
      "tables, views and sequences",
      recorded.tables.map(describeTable),
      found.tables.map(describeTable),
      fold,
    ),
    ...kinds.flatMap((kind) => missing(kind, recorded[kind] ?? [], found[kind] ?? [], fold)),
    ...missing("extensions", names(recorded.extensions), names(found.extensions), fold),
    ...differentRows(recorded.tables, found.tables, fold),
    ...differentLargeObjects(recorded, found),
  ];
}

const kinds = ["triggers", "routines", "events", "types"] as const;

// A dump names extensions only; which version comes, the server decides.
function names(extensions: readonly string[] = []): string[] {
  return extensions.map((extension) => extension.replace(/ \S+$/, ""));
}

type Fold = (name: string) => string;

// A server that folds names has written the dump with folded ones; one that does not may still list them as they were declared.
function foldFor(recorded: ManifestDatabase, found: DatabaseInventory): Fold {
  const isFolded = (tables: readonly ManifestTable[]) => tables.every(({ name }) => name === name.toLowerCase());
  const mayFold = recorded.engine === "mysql" || recorded.engine === "mariadb";
  return mayFold && (isFolded(recorded.tables) || isFolded(found.tables))
    ? (name) => name.toLowerCase()
    : (name) => name;
}

function describeTable({ kind, name }: ManifestTable): string {
  return `${kind} ${name}`;
}

function missing(kind: string, recorded: readonly string[], found: readonly string[], fold: Fold): string[] {
  const present = new Set(found.map(fold));
  const known = new Set(recorded.map(fold));
  const lacking = recorded.filter((name) => !present.has(fold(name)));
  const surplus = found.filter((name) => !known.has(fold(name)));
  return [
    ...(lacking.length === 0 ? [] : [`lacks ${lacking.length} ${kind} of the manifest: ${enumerate(lacking)}`]),
    ...(surplus.length === 0
      ? []
      : [`has ${surplus.length} ${kind} that the manifest does not name: ${enumerate(surplus)}`]),
  ];
}

function differentRows(recorded: readonly ManifestTable[], found: readonly ManifestTable[], fold: Fold): string[] {
  const counted = new Map(found.map((table) => [fold(describeTable(table)), table]));
  const differences = recorded.flatMap((table) => {
    const present = counted.get(fold(describeTable(table)));
    if (table.rowsAre !== "exact" || present?.rowsAre !== "exact" || present.rows === table.rows) return [];
    return [`${table.name} has ${present.rows} rows, not ${table.rows}`];
  });
  return differences.length === 0
    ? []
    : [
        `${differences.length === 1 ? "one table is" : `${differences.length} tables are`} not as recorded: ${enumerate(differences)}`,
      ];
}

function differentLargeObjects(recorded: ManifestDatabase, found: DatabaseInventory): string[] {
  const [before, now] = [recorded.largeObjects, found.largeObjects];
  return before === undefined || now === undefined || before === now ? [] : [`has ${now} large objects, not ${before}`];
}
