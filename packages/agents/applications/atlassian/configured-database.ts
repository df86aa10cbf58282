import { basename } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { filesOf, onlyDatabase } from "../restored-parts.ts";
import type { RestoredData, SanityAnswer } from "../sanity.ts";
import { findHibernateDatabase, readHibernateConfig } from "./hibernate-config.ts";

/** Asks whether the configuration among restored files leads to the database that was restored with them. */
export async function compareConfiguredDatabase(
  data: RestoredData,
  configFile: string,
  install: string | undefined,
): Promise<SanityAnswer> {
  const { host } = filesOf(data);
  const { recorded } = onlyDatabase(data);
  try {
    const config = await readHibernateConfig(host, configFile);
    const { name } = await findHibernateDatabase(host, config, { install, placeholders: {}, passwordKey: "" });
    if (name === undefined || name === recorded.name) return { figures: [], findings: [] };
    const message = `${configFile} leads to the database ${name}, the dump is of ${recorded.name}: do they belong together?`;
    return { figures: [], findings: [message] };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    if (error.code === "application-not-found")
      return { figures: [], findings: [`the archive has no ${basename(configFile)}: ${error.message}`] };
    // The agent's configuration names the database where the application's does not.
    return { figures: [], findings: [] };
  }
}
