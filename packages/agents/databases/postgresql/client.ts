import type { DatabaseContext, DatabaseSettings } from "../engine.ts";
import { connectionString, passwordFile } from "./connection.ts";
import { parseCopyText } from "./copy-text.ts";
import { queryFailure } from "./failures.ts";
import { findTool, type Tool } from "./tools.ts";

/** Asks one database; rows as text, SQL NULL as null. */
export type Ask = (sql: string) => Promise<(string | null)[][]>;

const queryLimit = 120_000;
// Nothing of it outlives the transaction, which a pooler may have on a connection that others use next.
const readOnly = ["BEGIN READ ONLY", "SET LOCAL statement_timeout = 0"];
// Objects of the database's own could stand in for the catalogs and functions that are asked.
const catalogsOnly = [...readOnly, "SET LOCAL search_path = pg_catalog"];

/** Finds the client program; every question about the catalogs is a connection of its own, which can change nothing. */
export async function connect(settings: DatabaseSettings, context: DatabaseContext, limit = queryLimit): Promise<Ask> {
  const tool = await findTool("psql", 0, context);
  return (sql) => ask(tool, [...catalogsOnly, copyStatement(sql)], { settings, context, limit });
}

/**
 * Runs statements in one connection, each in a transaction of its own, up to the first that fails. They may come from a dump: what
 * begins with a backslash, which psql would take for a command of its own, such as one for the shell, goes to the server too.
 */
export async function execute(
  settings: DatabaseSettings,
  statements: readonly string[],
  { context, limit = queryLimit }: { context: DatabaseContext; limit?: number },
): Promise<void> {
  const texts = statements.map((statement) => ` ${statement}`);
  await ask(await findTool("psql", 0, context), texts, { settings, context, limit });
}

/** The rows of one SELECT of an application's, whose names are looked up as they are for that user. */
export async function queryDatabase(
  settings: DatabaseSettings,
  sql: string,
  context: DatabaseContext,
): Promise<(string | null)[][]> {
  const tool = await findTool("psql", 0, context);
  return await ask(tool, [...readOnly, copyStatement(sql)], { settings, context, limit: queryLimit });
}

// The one output of psql's in which no value can be taken for another.
function copyStatement(sql: string): string {
  return `COPY (\n${sql.replace(/[;\s]+$/, "")}\n) TO STDOUT`;
}

interface Target {
  settings: DatabaseSettings;
  context: DatabaseContext;
  /** Milliseconds. */
  limit: number;
}

async function ask(
  tool: Tool,
  statements: readonly string[],
  { settings, context, limit }: Target,
): Promise<(string | null)[][]> {
  const finished = await tool.run(
    [
      ...["--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"],
      `--dbname=${connectionString(settings, { client_encoding: "UTF8" })}`,
      ...statements.map((statement) => `--command=${statement}`),
    ],
    {
      secretInput: passwordFile(settings),
      signal: context.signal,
      timeout: limit,
    },
  );
  context.signal.throwIfAborted();
  if (finished.exitCode !== 0) throw queryFailure({ program: tool.title, outcome: finished, settings });
  return parseCopyText(finished.output.toString());
}
