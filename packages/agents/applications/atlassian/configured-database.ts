import { basename } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { compareDatabase } from "../sanity/compare-database.ts";
import { filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer } from "../sanity/sanity.ts";
import { findHibernateDatabase, readHibernateConfig } from "./hibernate-config.ts";

/** Asks whether the configuration among restored files leads to the database that was restored with them. */
export async function compareConfiguredDatabase(
  data: RestoredData,
  configFile: string,
  install: string | undefined,
): Promise<SanityAnswer> {
  const { host } = filesOf(data);
  try {
    const config = await readHibernateConfig(host, configFile);
    return await compareDatabase(onlyDatabase(data), () =>
      findHibernateDatabase(host, config, { install, placeholders: {}, passwordKey: "" }),
    );
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    if (error.code === "application-not-found")
      return { figures: [], findings: [`the archive has no ${basename(configFile)}: ${error.message}`] };
    return { figures: [], findings: [] };
  }
}
