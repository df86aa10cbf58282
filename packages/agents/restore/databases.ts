import type { Manifest, ManifestDatabase } from "@catapullt/core/archive/manifest";
import { OperationError } from "@catapullt/core/errors";
import { quoteForShell } from "@catapullt/core/shell-words";
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
 * `restore-refused` where that leaves a doubt.
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
      return { recorded, settings, restorer: databaseEngine(settings.engine).restore };
    });
}

function counterpart(
  recorded: ManifestDatabase,
  all: readonly ManifestDatabase[],
  located: readonly DatabaseSettings[],
): DatabaseSettings {
  const isSameKind = ({ engine }: DatabaseSettings) =>
    databaseEngine(engine).names.some((name) => name === recorded.engine);
  const [named, ...namesakes] = located.filter((settings) => settings.name === recorded.name && isSameKind(settings));
  const [only] = located;
  if (
    namesakes.length > 0 ||
    all.some((other) => other !== recorded && other.name === recorded.name && other.engine === recorded.engine)
  )
    throw ambiguous(recorded);
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

function ambiguous({ engine, name, member }: ManifestDatabase): OperationError {
  return new OperationError(
    "restore-refused",
    `there are several ${engine} databases ${name}: which of them ${member} belongs to cannot be told`,
    {
      hint: `take it out with --path ${quoteForShell(member)} --to DIR, and load it as RESTORE.md in the archive says, which names its server`,
    },
  );
}
