import type { DatabaseSync } from "node:sqlite";
import type { ManifestTable } from "@catapullt/core/archive/manifest";
import type { DatabaseInventory } from "../engine.ts";

/** Lists the objects of an open database, without rows: to count them takes a full read. */
export function listObjects(database: DatabaseSync): DatabaseInventory {
  const rows = database
    .prepare(
      "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .all();
  const named = (type: string) => rows.filter((row) => row.type === type).map((row) => String(row.name));
  const tables: ManifestTable[] = [
    ...named("table").map((name) => ({ name, kind: "table" as const })),
    ...named("view").map((name) => ({ name, kind: "view" as const })),
  ];
  return {
    serverVersion: String(database.prepare("SELECT sqlite_version() AS version").get()?.version),
    characterSet: String(database.prepare("PRAGMA encoding").get()?.encoding),
    tables,
    triggers: named("trigger"),
    routines: [],
    events: [],
  };
}

/** What `PRAGMA integrity_check` finds wrong; empty for a sound database. */
export function findDamage(database: DatabaseSync): string[] {
  const findings = database
    .prepare("PRAGMA integrity_check(10)")
    .all()
    .map((row) => String(row.integrity_check));
  return findings.length === 1 && findings[0] === "ok" ? [] : findings;
}

/** The same tables with their rows counted; virtual ones are not, since their modules may be the application's own. */
export function countRows(database: DatabaseSync, tables: readonly ManifestTable[]): ManifestTable[] {
  const virtual = new Set(
    database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'")
      .all()
      .map((row) => String(row.name)),
  );
  return tables.map((table) => {
    if (table.kind !== "table" || virtual.has(table.name)) return table;
    const name = `"${table.name.replaceAll('"', '""')}"`;
    const rows = database.prepare(`SELECT count(*) AS rows FROM ${name}`).get()?.rows;
    return { ...table, rows: Number(rows), rowsAre: "exact" };
  });
}
