import { OperationError } from "@catapullt/core/errors";
import type { DatabaseContext, DatabaseInventory, DatabaseSettings, TargetRequest } from "../engine.ts";
import { enumerate } from "../enumerate.ts";
import { connect } from "./client.ts";
import { readServerFacts } from "./facts.ts";
import { readInventory } from "./inventory.ts";
import { findEmptyTables } from "./stock.ts";

const queryLimit = 60 * 60_000;

/** Throws `restore-failed` unless the database has every object that the manifest names, and rows where it tells of rows. */
export async function requireRecordedObjects(
  settings: DatabaseSettings,
  recorded: TargetRequest["recorded"],
  context: DatabaseContext,
): Promise<void> {
  const ask = await connect(settings, context, queryLimit);
  const found = await readInventory(ask, await readServerFacts(ask));
  const present = new Set(describeObjects(found));
  const filled = recorded.tables.filter(({ rows = 0, rowsAre }) => rowsAre === "exact" && rows > 0);
  const missing = describeObjects(recorded).filter((name) => !present.has(name));
  const largeObjects = (recorded.largeObjects ?? 0) - (found.largeObjects ?? 0);
  const lacks = [
    ...missing,
    ...(largeObjects > 0 ? [`${largeObjects} large objects`] : []),
    ...(missing.length > 0
      ? []
      : (await findEmptyTables(ask, new Set(filled.map(({ name }) => name)))).map((name) => `the rows of ${name}`)),
  ];
  if (lacks.length === 0) return;
  throw new OperationError(
    "restore-failed",
    `the dump was loaded into database ${settings.name}, which lacks ${enumerate(lacks)}`,
    { hint: "pg_restore ended well and said nothing: check that it is the tool itself, not a wrapper" },
  );
}

type Objects = Pick<TargetRequest["recorded"] | DatabaseInventory, "tables"> & {
  triggers?: readonly string[] | undefined;
  routines?: readonly string[] | undefined;
  types?: readonly string[] | undefined;
  extensions?: readonly string[] | undefined;
};

function describeObjects({ tables, triggers = [], routines = [], types = [], extensions = [] }: Objects): string[] {
  return [
    ...tables.map(({ kind, name }) => `${kind} ${name}`),
    ...triggers.map((name) => `trigger ${name}`),
    ...routines,
    ...types,
    ...extensions.map((extension) => `extension ${extensionName(extension)}`),
    // Which words need quotes differs between releases.
  ].map((name) => name.replaceAll('"', ""));
}

/** A manifest's `pg_trgm 1.6` without the version, which is the server's choice. */
export function extensionName(extension: string): string {
  return extension.replace(/ [^ ]*$/, "");
}
