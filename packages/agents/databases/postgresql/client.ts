import { run } from "@catapullt/core/process/run";
import type { DatabaseContext, DatabaseSettings } from "../engine.ts";
import { connectionString, passwordFile } from "./connection.ts";
import { parseCopyText } from "./copy-text.ts";
import { queryFailure } from "./failures.ts";
import { findTool, type Tool, toolEnvironment } from "./tools.ts";

/** Asks one database; rows as text, SQL NULL as null. */
export type Ask = (sql: string) => Promise<(string | null)[][]>;

const queryLimit = 120_000;
// Nothing of it outlives the transaction, which a pooler may have on a connection that others use next.
const readOnly = ["BEGIN READ ONLY", "SET LOCAL statement_timeout = 0"];
// Objects of the database's own could stand in for the catalogs and functions that are asked.
const catalogsOnly = [...readOnly, "SET LOCAL search_path = pg_catalog"];

/** Finds the client program; every question about the catalogs is a connection of its own, which can change nothing. */
export async function connect(settings: DatabaseSettings, context: DatabaseContext): Promise<Ask> {
  const tool = await findTool("psql", 0, context);
  return (sql) => ask(tool, [...catalogsOnly, copyStatement(sql)], { settings, context });
}

/** The rows of one SELECT of an application's, whose names are looked up as they are for that user. */
export async function queryDatabase(
  settings: DatabaseSettings,
  sql: string,
  context: DatabaseContext,
): Promise<(string | null)[][]> {
  const tool = await findTool("psql", 0, context);
  return await ask(tool, [...readOnly, copyStatement(sql)], { settings, context });
}

// The one output of psql's in which no value can be taken for another.
function copyStatement(sql: string): string {
  return `COPY (\n${sql.replace(/[;\s]+$/, "")}\n) TO STDOUT`;
}

interface Target {
  settings: DatabaseSettings;
  context: DatabaseContext;
}

async function ask(
  tool: Tool,
  statements: readonly string[],
  { settings, context }: Target,
): Promise<(string | null)[][]> {
  const finished = await run(
    tool.path,
    [
      ...["--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"],
      `--dbname=${connectionString(settings, { client_encoding: "UTF8" })}`,
      ...statements.map((statement) => `--command=${statement}`),
    ],
    {
      environment: toolEnvironment(context.environment),
      secretInput: passwordFile(settings),
      signal: context.signal,
      timeout: queryLimit,
    },
  );
  context.signal.throwIfAborted();
  if (finished.exitCode !== 0) throw queryFailure({ program: tool.title, outcome: finished, settings });
  return parseCopyText(finished.output.toString());
}
