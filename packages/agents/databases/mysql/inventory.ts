import type { ManifestTable } from "@catapullt/core/archive/manifest";
import { OperationError } from "@catapullt/core/errors";
import type { DatabaseInventory, SkippableKind } from "../engine.ts";
import type { Ask } from "./client.ts";
import { type Product, parseServerVersion } from "./product.ts";
import { isTransactional } from "./storage.ts";

export interface ServerFacts {
  product: Product;
  characterSet: string;
  collation: string;
  /** False where the server folds the case of tables' names (`lower_case_table_names`). */
  caseSensitive: boolean;
}

export async function readServerFacts(ask: Ask): Promise<ServerFacts> {
  const [row] =
    await ask(`SELECT VERSION(), @@lower_case_table_names, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME
    FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()`);
  const [version = "", caseFolding, characterSet = "", collation = ""] = row ?? [];
  const product = parseServerVersion(version);
  if (product === undefined) {
    throw new OperationError(
      "database-query-failed",
      `the server's version cannot be understood: ${JSON.stringify(version)}`,
      {
        hint: "MySQL from 5.6 on and MariaDB from 10.0 on are known; is this one of them?",
      },
    );
  }
  return { product, characterSet, collation, caseSensitive: caseFolding === "0" };
}

/** Lists what a dump must hold; kinds that are skipped are not listed. */
export async function readInventory(
  ask: Ask,
  { product, characterSet, collation }: ServerFacts,
  skip: readonly SkippableKind[],
): Promise<DatabaseInventory> {
  const tables = await ask(`SELECT TABLE_NAME, TABLE_TYPE, COALESCE(ENGINE, ''), COALESCE(TABLE_ROWS, 0)
    FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE NOT LIKE '%TEMPORARY%' ORDER BY TABLE_NAME`);
  const list = async (kind: SkippableKind, sql: string) =>
    skip.includes(kind) ? [] : (await ask(sql)).map(([name = ""]) => name);
  return {
    serverVersion: product.text,
    characterSet,
    collation,
    tables: tables.map(describeTable).filter(({ kind }) => kind !== "view" || !skip.includes("views")),
    triggers: await list(
      "triggers",
      "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY TRIGGER_NAME",
    ),
    routines: await list(
      "routines",
      `SELECT CONCAT(LOWER(ROUTINE_TYPE), ' ', ROUTINE_NAME) FROM information_schema.ROUTINES
      WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY ROUTINE_TYPE, ROUTINE_NAME`,
    ),
    events: await list(
      "events",
      "SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY EVENT_NAME",
    ),
  };
}

/** True where the user sees a routine, but not its text: the dump would fail when it comes to that. */
export async function hasHiddenRoutines(ask: Ask): Promise<boolean> {
  const rows = await ask(`SELECT 1 FROM information_schema.ROUTINES
    WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_BODY = 'SQL' AND ROUTINE_DEFINITION IS NULL LIMIT 1`);
  return rows.length > 0;
}

export async function listViews(ask: Ask): Promise<string[]> {
  const rows = await ask(
    "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'VIEW'",
  );
  return rows.map(([name = ""]) => name);
}

/**
 * Events at which the dump tools of both flavours never end: looking for a delimiter that an event's text does not
 * hold, they try `;;` over and over (`create_delimiter` in their source).
 */
export async function listEndlessEvents(ask: Ask): Promise<string[]> {
  const rows = await ask(`SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()
    AND CONCAT_WS(' ', DEFINER, EVENT_NAME, EVENT_COMMENT, EVENT_DEFINITION) LIKE '%;;%'`);
  return rows.map(([name = ""]) => name);
}

/** Names of system-versioned tables (MariaDB). */
export async function listVersionedTables(ask: Ask): Promise<string[]> {
  const rows = await ask(
    "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SYSTEM VERSIONED'",
  );
  return rows.map(([name = ""]) => name);
}

/** Tables whose rows `--single-transaction` does not freeze. */
export function tablesWithoutTransactions(inventory: DatabaseInventory): ManifestTable[] {
  return inventory.tables.filter((table) => table.kind === "table" && !isTransactional(table));
}

function describeTable([name = "", type = "", storage = "", rows = "0"]: string[]): ManifestTable {
  if (type.endsWith("VIEW")) return { name, kind: "view" };
  if (type === "SEQUENCE") return { name, kind: "sequence" };
  const described: ManifestTable = { name, kind: "table", rows: Number(rows), rowsAre: "estimated" };
  return storage === "" ? described : { ...described, storage };
}
