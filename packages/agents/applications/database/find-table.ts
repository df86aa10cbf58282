import type { DatabaseSettings } from "../../databases/engine.ts";
import type { Query } from "../type.ts";

/** The table of this name, whatever its case and schema, as it is written in a statement; undefined where there is none. */
export async function findTable(query: Query, database: DatabaseSettings, name: string): Promise<string | undefined> {
  const [condition, quote] = database.engine === "postgresql" ? [anySchema, '"'] : ["table_schema = DATABASE()", "`"];
  const rows = await query(
    database,
    `SELECT table_schema, table_name FROM information_schema.tables WHERE LOWER(table_name) = '${name}' AND ${condition}`,
  );
  const quoted = rows[0]?.map((part) => `${quote}${(part ?? "").replaceAll(quote, quote + quote)}${quote}`);
  return quoted?.join(".");
}

// The one of the search path first.
const anySchema =
  "table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY table_schema = current_schema() DESC";
