import { OperationError } from "@catapullt/core/errors";
import { countRows, filesOf, onlyDatabase } from "../../restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../../sanity.ts";
import { findFisheyeDatabase, fisheyeConfigFile } from "./fisheye-database.ts";

/** What a drill asks of a restored Fisheye or Crucible. */
export const fisheyeSanityChecks: readonly SanityCheck[] = [
  { title: "there are reviews and users", needs: ["database"], ask: countContent },
  { title: "config.xml leads to this database", needs: ["database", "files"], ask: compareDatabase },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const figures = [
    { what: "reviews", count: await countRows(database, "cru_review") },
    { what: "users", count: await countRows(database, "cru_user") },
  ];
  const isForeign = database.table("cru_user") === undefined && database.table("cru_review") === undefined;
  const findings = isForeign ? ["the database has neither a table CRU_USER nor CRU_REVIEW: is it Fisheye's?"] : [];
  return { figures, findings };
}

async function compareDatabase(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const { recorded } = onlyDatabase(data);
  try {
    const home = root("home") ?? "/";
    const { name } = await findFisheyeDatabase(host, { home, install: undefined, passwordKey: "" });
    if (name === undefined || name === recorded.name) return { figures: [], findings: [] };
    const message = `${fisheyeConfigFile} leads to the database ${name}, the dump is of ${recorded.name}: do they belong together?`;
    return { figures: [], findings: [message] };
  } catch (error) {
    // The agent's configuration names the database where the application's does not.
    if (error instanceof OperationError) return { figures: [], findings: [] };
    throw error;
  }
}
