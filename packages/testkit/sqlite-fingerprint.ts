import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

const pragmas = ["user_version", "application_id", "encoding", "page_size", "auto_vacuum", "journal_mode"];

/**
 * All that a restore must bring back, as text to compare: the schema, what stands in the file's header, and a hash of the
 * rows of every table, the hidden ones of virtual tables too, with each value's type.
 */
export function sqliteFingerprint(file: string): Record<string, string> {
  const database = new DatabaseSync(file);
  try {
    const schema = database
      .prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")
      .all()
      .map((row) => Object.values(row).join("\n"));
    const header = pragmas.map((name) => `${name} ${Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})}`);
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all()
      .map(({ name }) => String(name));
    const integrity = database.prepare("PRAGMA integrity_check").all();
    return {
      schema: schema.join("\n\n"),
      header: header.join("\n"),
      rows: tables.map((table) => `${table}: ${describeRows(database, table)}`).join("\n"),
      integrity: JSON.stringify(integrity),
    };
  } finally {
    database.close();
  }
}

// In the order in which they are stored: a copy has it too.
function describeRows(database: DatabaseSync, table: string): string {
  const statement = database.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}"`);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const hash = createHash("sha1");
  let count = 0;
  for (const row of statement.iterate() as Iterable<unknown>) {
    count += 1;
    for (const value of row as unknown[]) hashValue(hash, value);
    hash.update("\n");
  }
  return `${count} rows, ${hash.digest("hex")}`;
}

function hashValue(hash: ReturnType<typeof createHash>, value: unknown): void {
  if (value instanceof Uint8Array) hash.update(`blob ${value.length}:`).update(value);
  else hash.update(`${typeof value} ${String(value).length}:${Object.is(value, -0) ? "-0" : String(value)};`);
}
