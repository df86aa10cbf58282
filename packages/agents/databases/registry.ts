import { OperationError } from "@catapullt/core/errors";
import type { DatabaseEngine, EngineName } from "./engine.ts";
import { mysqlEngine } from "./mysql/engine.ts";
import { postgresqlEngine } from "./postgresql/engine.ts";
import { sqliteEngine } from "./sqlite/engine.ts";

/** All engines; a new one is added here and nowhere else. */
export const engines: readonly DatabaseEngine[] = [mysqlEngine, postgresqlEngine, sqliteEngine];

/** True if a database of this kind can be dumped. */
export function isDumpable(kind: string): kind is EngineName {
  return engines.some(({ names }) => names.some((name) => name === kind));
}

/** The engine that serves this value of `engine`; throws `database-unsupported` where there is none. */
export function databaseEngine(name: EngineName): DatabaseEngine {
  const engine = engines.find(({ names }) => names.includes(name));
  if (engine !== undefined) return engine;
  throw new OperationError("database-unsupported", `databases of the kind ${name} cannot be dumped by this release`, {
    hint: `set \`engine\` to one of ${engines.flatMap(({ names }) => names).join(", ")}`,
  });
}
