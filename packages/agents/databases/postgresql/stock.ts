import type { ManifestTable } from "@catapullt/core/archive/manifest";
import type { DatabaseContext, DatabaseInventory, DatabaseSettings } from "../engine.ts";
import { type Ask, connect } from "./client.ts";
import { readServerFacts } from "./facts.ts";
import { readInventory } from "./inventory.ts";

const tablesAtOnce = 200;
const countLimit = 6 * 60 * 60_000;

/** Lists what a database holds now, with its rows counted; see `DatabaseEngine.takeStock`. */
export async function takeStock(settings: DatabaseSettings, context: DatabaseContext): Promise<DatabaseInventory> {
  const ask = await connect(settings, context, countLimit);
  const inventory = await readInventory(ask, await readServerFacts(ask));
  const rows = await countRows(ask, await listCountable(ask));
  return {
    ...inventory,
    tables: inventory.tables.map(({ rows: _, rowsAre: __, ...table }): ManifestTable => {
      const counted = rows.get(table.name);
      return counted === undefined ? table : { ...table, rows: counted, rowsAre: "exact" };
    }),
  };
}

/** Of these tables, by name as SQL spells it, those without a single row that this user could see. */
export async function findEmptyTables(ask: Ask, names: ReadonlySet<string>): Promise<string[]> {
  const tables = (await listCountable(ask)).filter((name) => names.has(name));
  const filled = await askOfEach(ask, tables, (name) => `EXISTS (SELECT FROM ONLY ${name})`);
  return tables.filter((name) => filled.get(name) === "f");
}

async function countRows(ask: Ask, tables: readonly string[]): Promise<Map<string, number>> {
  const counts = await askOfEach(ask, tables, (name) => `(SELECT count(*) FROM ONLY ${name})`);
  return new Map([...counts].map(([name, count]) => [name, Number(count)]));
}

/** The value of an expression for each table, in as few questions as the length of a command's argument allows. */
async function askOfEach(
  ask: Ask,
  tables: readonly string[],
  expression: (name: string) => string,
): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (let at = 0; at < tables.length; at += tablesAtOnce) {
    const batch = tables.slice(at, at + tablesAtOnce);
    const questions = batch.map((name, index) => `SELECT ${index}, ${expression(name)}`);
    for (const [index, value] of await ask(questions.join(" UNION ALL "))) {
      const name = batch[Number(index)];
      if (name !== undefined) values.set(name, value ?? "");
    }
  }
  return values;
}

// Where row level security hides rows, or SELECT is not granted, a number would be wrong or not be had.
async function listCountable(ask: Ask): Promise<string[]> {
  const rows =
    await ask(`SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'USAGE')
    AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid) AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery())`);
  return rows.map(([name]) => name ?? "");
}
