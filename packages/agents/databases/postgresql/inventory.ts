import type { DatabaseInventory } from "../engine.ts";
import { type Catalog, type CatalogObject, describeTables, namesOf, readCatalog } from "./catalog.ts";
import type { Ask } from "./client.ts";
import { listRoles, type ServerFacts } from "./facts.ts";

/** Lists what a dump of the whole database must hold. */
export async function readInventory(ask: Ask, facts: ServerFacts): Promise<DatabaseInventory> {
  const catalog = await readCatalog(ask);
  return {
    serverVersion: facts.version,
    characterSet: facts.encoding,
    collation: facts.collation,
    tables: describeTables(catalog.objects).map(({ entry }) => entry),
    ...describeObjects(catalog.objects, catalog),
    roles: await listRoles(ask),
  };
}

/** Names of all that has no place among the tables, in the manifest's form. PostgreSQL has no events. */
export function describeObjects(objects: readonly CatalogObject[], { largeObjects }: Pick<Catalog, "largeObjects">) {
  return {
    triggers: namesOf(objects, "trigger"),
    routines: namesOf(objects, "routine"),
    events: [],
    types: namesOf(objects, "type"),
    extensions: namesOf(objects, "extension"),
    largeObjects,
  } satisfies Partial<DatabaseInventory>;
}
