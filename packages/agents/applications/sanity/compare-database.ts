import { OperationError } from "@catapullt/core/errors";
import type { FoundDatabase } from "../database/settings.ts";
import type { RestoredDatabase, SanityAnswer } from "./sanity.ts";

const families: Record<string, string> = { mariadb: "mysql" };

/**
 * Asks whether an application's settings among restored files lead to the database that was restored with them. No answer where
 * they cannot be read: the agent's configuration names the database then.
 */
export async function compareDatabase(
  { engine, recorded }: Pick<RestoredDatabase, "engine" | "recorded">,
  find: () => Promise<FoundDatabase>,
): Promise<SanityAnswer> {
  try {
    const { kind, name, source } = await find();
    const isSameKind = (families[kind] ?? kind) === (families[engine] ?? engine);
    if (isSameKind && (name === undefined || name === recorded.name)) return { figures: [], findings: [] };
    const [found, dumped] = isSameKind
      ? [`the database ${name}`, recorded.name]
      : [`the ${kind} database ${name ?? ""}`.trimEnd(), `the ${engine} database ${recorded.name}`];
    const message = `${source} leads to ${found}, the dump is of ${dumped}: do they belong together?`;
    return { figures: [], findings: [message] };
  } catch (error) {
    if (error instanceof OperationError) return { figures: [], findings: [] };
    throw error;
  }
}
