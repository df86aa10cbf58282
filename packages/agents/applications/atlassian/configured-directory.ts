import { isAbsolute, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { requireDirectory } from "../files/require-directory.ts";
import { isInside } from "../files/trees.ts";
import type { Host } from "../host.ts";
import type { Found } from "../search.ts";
import type { HibernateConfig } from "./hibernate-config.ts";
import { expandPlaceholders } from "./placeholders.ts";

export interface DirectoryRequest {
  home: string;
  config: HibernateConfig;
  /** Properties that may name the directory; the first that does counts. */
  keys: readonly string[];
  /** Where it is where none does. */
  usual: string;
  placeholders: Readonly<Record<string, string>>;
}

/**
 * A directory that the product's configuration names, relative ones from the home on. Throws `application-not-found` where it
 * lies outside of the home and is not there, and `application-unreadable` for a placeholder that is not known.
 */
export async function configuredDirectory(
  host: Host,
  { home, config, keys, usual, placeholders }: DirectoryRequest,
): Promise<Found> {
  const key = keys.find((candidate) => config.properties.get(candidate));
  if (key === undefined) return { path: usual, source: "the usual place" };
  const { text, unknown } = expandPlaceholders(config.properties.get(key) ?? "", placeholders);
  if (unknown.length > 0) {
    throw new OperationError(
      "application-unreadable",
      `${key} in ${config.path} refers to ${unknown.join(", ")}, which is not known`,
      { hint: "write the full path there" },
    );
  }
  const path = isAbsolute(text) ? text : join(home, text);
  const found = { path, source: `${key} in ${config.path}` };
  return isInside(path, home) ? found : await requireDirectory(host, found);
}
