import type { DatabaseContext, DatabaseSettings } from "../engine.ts";
import { type CatalogKind, namesOf, readCatalog } from "./catalog.ts";
import { type Ask, connect } from "./client.ts";
import { extensionName } from "./restored-objects.ts";

export interface DatabaseContent {
  /** Such as `12 tables, 3 views`; undefined where a database has nothing but what a new one has, and extensions. */
  text: string | undefined;
  extensions: ReadonlySet<string>;
  mayCreate: boolean;
}

const counted: readonly [CatalogKind, string, string][] = [
  ["table", "table", "tables"],
  ["view", "view", "views"],
  ["materialized-view", "materialized view", "materialized views"],
  ["routine", "routine", "routines"],
  ["sequence", "sequence", "sequences"],
  ["type", "type", "types"],
  ["schema", "schema", "schemas"],
];

export async function readContent(settings: DatabaseSettings, context: DatabaseContext): Promise<DatabaseContent> {
  const ask = await connect(settings, context);
  const { objects, largeObjects } = await readCatalog(ask);
  const parts = counted.flatMap(([kind, one, many]) => describeCount(namesOf(objects, kind).length, one, many));
  const found = [...parts, ...describeCount(largeObjects, "large object", "large objects")];
  return {
    text: found.length === 0 ? undefined : found.join(", "),
    extensions: new Set(["plpgsql", ...namesOf(objects, "extension").map(extensionName)]),
    mayCreate: await mayCreate(ask),
  };
}

async function mayCreate(ask: Ask): Promise<boolean> {
  const [[answer] = []] = await ask(`SELECT has_database_privilege(current_database(), 'CREATE')
    OR COALESCE(has_schema_privilege(to_regnamespace('public'), 'CREATE'), false)`);
  return answer === "t";
}

function describeCount(count: number, one: string, many: string): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
}
