import type { DatabaseContext, DatabaseSettings } from "../engine.ts";
import { clientArguments } from "./arguments.ts";
import { parseBatchOutput } from "./batch-output.ts";
import { queryFailure } from "./failures.ts";
import { optionFile } from "./option-file.ts";
import { findTool, type Tool } from "./tools.ts";

/** Asks one database; rows as text. */
export type Ask = (sql: string) => Promise<string[][]>;

const queryLimit = 120_000;

/** Finds the client program; every question is a connection of its own. */
export async function connect(settings: DatabaseSettings, context: DatabaseContext): Promise<Ask> {
  const tool = await findClient(settings, context);
  return (sql) => ask(tool, sql, { settings, context, database: settings.name });
}

/** The same without a database, which need not exist. */
export async function connectToServer(settings: DatabaseSettings, context: DatabaseContext): Promise<Ask> {
  const tool = await findClient(settings, context);
  return (sql) => ask(tool, sql, { settings, context, database: undefined });
}

export function findClient({ engine }: DatabaseSettings, context: DatabaseContext): Promise<Tool> {
  return findTool("client", engine === "mysql" ? "mysql" : "mariadb", context);
}

interface Target {
  settings: DatabaseSettings;
  context: DatabaseContext;
  database: string | undefined;
}

async function ask(tool: Tool, sql: string, { settings, context, database }: Target): Promise<string[][]> {
  const finished = await tool.run(clientArguments(database), {
    input: `${sql};\n`,
    secretInput: optionFile(settings, tool),
    signal: context.signal,
    timeout: queryLimit,
  });
  context.signal.throwIfAborted();
  if (finished.exitCode !== 0) throw queryFailure({ program: tool.title, outcome: finished, settings });
  return parseBatchOutput(finished.output.toString());
}
