import type { ThrowawayMariadb } from "./mariadb.ts";

/**
 * All that a restore must bring back, as text to compare: definitions of every object, and checksum and number of rows of
 * every table, history included. What names the database itself is left out of it.
 */
export async function databaseFingerprint(server: ThrowawayMariadb, database: string): Promise<Record<string, string>> {
  const ask = async (sql: string) =>
    (await server.execute(`SET time_zone = '+00:00'; ${sql}`, database)).replaceAll(`\`${database}\`.`, "");
  const tables = (
    await ask(
      "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE NOT IN ('VIEW', 'SEQUENCE') ORDER BY 1",
    )
  )
    .split("\n")
    .filter((name) => name !== "");
  const quoted = tables.map((name) => `\`${name.replaceAll("`", "``")}\``);
  const each = async (statement: (table: string) => string) =>
    tables.length === 0 ? "" : await ask(quoted.map(statement).join(";\n"));
  return {
    database: await ask(
      "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()",
    ),
    definitions: await each((table) => `SHOW CREATE TABLE ${table}`),
    checksums: (await each((table) => `CHECKSUM TABLE ${table} EXTENDED`)).replaceAll(`${database}.`, ""),
    rows: await each((table) => `SELECT COUNT(*) FROM ${table}`),
    history: await ask(
      (
        await ask(
          "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SYSTEM VERSIONED'",
        )
      )
        .split("\n")
        .filter((name) => name !== "")
        .map((name) => `SELECT *, ROW_START, ROW_END FROM \`${name}\` FOR SYSTEM_TIME ALL ORDER BY 1, 2`)
        .join(";\n"),
    ),
    sequences: await ask(
      (
        await ask(
          "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SEQUENCE'",
        )
      )
        .split("\n")
        .filter((name) => name !== "")
        .map((name) => `SHOW CREATE SEQUENCE \`${name}\`; SELECT next_not_cached_value FROM \`${name}\``)
        .join(";\n"),
    ),
    views: await ask(
      "SELECT TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, DEFINER, SECURITY_TYPE, ALGORITHM FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1",
    ),
    triggers: await ask(
      "SELECT TRIGGER_NAME, EVENT_MANIPULATION, EVENT_OBJECT_TABLE, ACTION_ORDER, ACTION_STATEMENT, ACTION_TIMING, SQL_MODE, DEFINER, CHARACTER_SET_CLIENT, COLLATION_CONNECTION FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY 1",
    ),
    routines: await ask(
      "SELECT ROUTINE_NAME, ROUTINE_TYPE, DTD_IDENTIFIER, ROUTINE_DEFINITION, IS_DETERMINISTIC, SQL_DATA_ACCESS, SECURITY_TYPE, SQL_MODE, ROUTINE_COMMENT, DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY 1, 2",
    ),
    parameters: await ask(
      "SELECT SPECIFIC_NAME, ORDINAL_POSITION, PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = DATABASE() ORDER BY 1, 2",
    ),
    events: await ask(
      "SELECT EVENT_NAME, DEFINER, TIME_ZONE, EVENT_DEFINITION, EVENT_TYPE, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, SQL_MODE, STARTS, ENDS, STATUS, ON_COMPLETION, EVENT_COMMENT FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY 1",
    ),
  };
}
