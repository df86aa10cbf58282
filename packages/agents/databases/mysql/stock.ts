import type { ManifestTable } from "@catapullt/core/archive/manifest";
import type { DatabaseContext, DatabaseInventory, DatabaseSettings } from "../engine.ts";
import { type Ask, connect } from "./client.ts";
import { listVersionedTables, readInventory, readServerFacts } from "./inventory.ts";
import { holdsOwnRows } from "./storage.ts";
import { quoteIdentifier } from "./target.ts";

const tablesAtOnce = 200;

/** Lists what a database holds now, with its rows counted; see `DatabaseEngine.takeStock`. */
export async function takeStock(settings: DatabaseSettings, context: DatabaseContext): Promise<DatabaseInventory> {
  const ask = await connect(settings, context);
  const inventory = await readInventory(ask, await readServerFacts(ask), settings.skip);
  const rows = await countRows(ask, inventory.tables.filter(holdsOwnRows));
  return {
    ...inventory,
    tables: inventory.tables.map((table) => {
      const counted = rows.get(table.name);
      if (counted !== undefined) return { ...table, rows: counted, rowsAre: "exact" };
      const { rows: _, rowsAre: __, ...rest } = table;
      return rest;
    }),
  };
}

async function countRows(ask: Ask, tables: readonly ManifestTable[]): Promise<Map<string, number>> {
  const versioned = new Set(await listVersionedTables(ask));
  const counted = new Map<string, number>();
  for (let at = 0; at < tables.length; at += tablesAtOnce) {
    const batch = tables.slice(at, at + tablesAtOnce);
    const counts = batch.map(({ name }, index) => {
      const history = versioned.has(name) ? " FOR SYSTEM_TIME ALL" : "";
      return `SELECT ${index}, COUNT(*) FROM ${quoteIdentifier(name)}${history}`;
    });
    for (const [index, rows] of await ask(counts.join(" UNION ALL "))) {
      const table = batch[Number(index)];
      if (table !== undefined) counted.set(table.name, Number(rows));
    }
  }
  return counted;
}
