import type { Manifest, ManifestDatabase } from "@catapullt/core/archive/manifest";
import { OperationError } from "@catapullt/core/errors";
import type { DatabaseRestorer, DatabaseSettings } from "../databases/engine.ts";
import { databaseEngine } from "../databases/registry.ts";
import type { Selection } from "./selection.ts";

/** A dump of the archive and the database that it goes into. */
export interface DatabasePair {
  recorded: ManifestDatabase;
  settings: DatabaseSettings;
  restorer: DatabaseRestorer;
}

/**
 * Which dump goes into which of the application's databases: by name, or where there is one of each, those two. Throws
 * `restore-refused` where that leaves a doubt, `database-unsupported` for engines whose dumps must be loaded by hand.
 */
export function pairDatabases(
  { databases }: Manifest,
  located: readonly DatabaseSettings[],
  selection: Selection,
): DatabasePair[] {
  return databases
    .filter(({ member }) => selection.database(member))
    .map((recorded) => {
      const settings = counterpart(recorded, databases, located);
      const restorer = databaseEngine(settings.engine).restore;
      if (restorer !== undefined) return { recorded, settings, restorer };
      throw new OperationError(
        "database-unsupported",
        `this release cannot load the ${settings.engine} database ${recorded.name}`,
        {
          hint: "load it by hand as RESTORE.md in the archive says, and restore the files with --only files",
        },
      );
    });
}

function counterpart(
  recorded: ManifestDatabase,
  all: readonly ManifestDatabase[],
  located: readonly DatabaseSettings[],
): DatabaseSettings {
  const isSameKind = ({ engine }: DatabaseSettings) =>
    databaseEngine(engine).names.some((name) => name === recorded.engine);
  const named = located.find((settings) => settings.name === recorded.name && isSameKind(settings));
  const [only] = located;
  if (named !== undefined) return named;
  if (all.length === 1 && located.length === 1 && only !== undefined && isSameKind(only)) return only;
  const known = located.map(({ engine, name }) => `${engine} ${name}`).join(", ") || "none";
  throw new OperationError(
    "restore-refused",
    `the archive has the ${recorded.engine} database ${recorded.name}; the application's databases are: ${known}`,
    {
      hint: "correct the application's database in the agent's configuration, or take the dump out with --to DIR",
    },
  );
}
