import type { DatabaseSettings } from "../databases/engine.ts";
import { type FoundDatabase, resolveDatabase } from "./database/settings.ts";
import { applyFileRules } from "./files/exclude-rules.ts";
import { completeTrees, databaseFileRules, type TreeDraft } from "./files/trees.ts";
import type { Found } from "./search.ts";
import type {
  ApplicationType,
  CapturedVersion,
  Consistency,
  Evidence,
  LocatedApplication,
  LocateRequest,
  Query,
} from "./type.ts";

/** What a type has found out about an application, before the configuration's own rules are applied to it. */
export interface ApplicationParts {
  /** The main data directory. */
  home: Found | undefined;
  /** The program files, or the program; absent where the type needs none. */
  install?: Found | undefined;
  /** Besides home and program files. */
  evidence?: readonly Evidence[];
  /** Reads the database from the application's own configuration; absent where it has none. */
  database?: () => Promise<FoundDatabase>;
  /** Relative paths of rules start at each root; the file of a SQLite database is left out of them by itself. */
  trees: readonly TreeDraft[];
  consistency?: Consistency | undefined;
  warnings?: readonly string[];
  captureVersion(database: DatabaseSettings | undefined, query: Query | undefined): Promise<CapturedVersion>;
  restoreNotes(version: string, database: DatabaseSettings | undefined): string[];
}

/** Makes of it what a backup needs: the configuration's keys win, links are followed, `files` is applied. */
export async function assembleApplication(
  type: Pick<ApplicationType, "name" | "title">,
  { name, settings, host }: LocateRequest,
  parts: ApplicationParts,
): Promise<LocatedApplication> {
  const { home, install } = parts;
  const database =
    parts.database === undefined
      ? undefined
      : await resolveDatabase(parts.database, {
          application: name,
          title: type.title,
          given: settings.database,
          environment: host.environment,
        });
  const drafts = parts.trees.map((draft) => ({
    ...draft,
    exclude: [...(draft.exclude ?? []), ...databaseFileRules(draft.root, database?.file)],
  }));
  const { trees, warnings } = applyFileRules(await completeTrees(host, drafts), settings.files);
  const located = database?.file === undefined ? database : { ...database, file: host.locate(database.file) };
  return {
    name,
    type: type.name,
    home: home?.path,
    install: install?.path,
    evidence: [...describeFound("home", home), ...describeFound("program files", install), ...(parts.evidence ?? [])],
    databases: located === undefined ? [] : [located],
    trees,
    consistency: parts.consistency,
    keys: settings.keys ?? "included",
    warnings: [...warnings, ...(parts.warnings ?? [])],
    captureVersion: (query) => parts.captureVersion(located, query),
    restoreNotes: (version) => parts.restoreNotes(version, located),
  };
}

function describeFound(what: string, found: Found | undefined): Evidence[] {
  return found === undefined ? [] : [{ what, value: found.path, source: found.source }];
}
