import { OperationError } from "@catapullt/core/errors";
import type { DatabaseContext, DatabaseSettings } from "../engine.ts";
import { execute } from "./client.ts";
import { renameInStatements, splitStatements } from "./database-statements.ts";

const analyzeLimit = 6 * 60 * 60_000;

export interface LoadedContent {
  settings: DatabaseSettings;
  /** Where statements about the database are run: its own settings could keep them out of it. */
  maintenance: DatabaseSettings;
  /** What the dump says of the database as a whole, under its name there. */
  statements: readonly string[];
  stripsOwners: boolean;
}

/**
 * What comes after the rows: settings, comment and grants of the database itself, and the figures without which the
 * server plans queries badly. What fails of that is told, and does not fail the restore.
 */
export async function finishDatabase(
  { settings, maintenance, statements, stripsOwners }: LoadedContent,
  context: DatabaseContext,
): Promise<void> {
  context.log.info(`analyzing database ${settings.name}`);
  await attempt(settings, ["ANALYZE"], { context, what: "the database could not be analyzed", limit: analyzeLimit });
  for (const group of statements) {
    const renamed = splitStatements(renameInStatements(group, settings.name));
    const wanted = stripsOwners ? renamed.filter((statement) => isOfNobody(statement)) : renamed;
    await attempt(maintenance, wanted, { context, what: "a setting of the database could not be restored" });
  }
}

function isOfNobody(statement: string): boolean {
  return /^(ALTER|COMMENT ON) DATABASE /.test(statement);
}

async function attempt(
  settings: DatabaseSettings,
  statements: readonly string[],
  { context, what, limit }: { context: DatabaseContext; what: string; limit?: number },
): Promise<void> {
  if (statements.length === 0) return;
  try {
    await execute(settings, statements, limit === undefined ? { context } : { context, limit });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof OperationError)) throw error;
    context.warn(`${what}: ${error.message}`);
  }
}
