import { compareDatabase } from "../../sanity/compare-database.ts";
import { countRows, filesOf, onlyDatabase } from "../../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../../sanity/sanity.ts";
import { findFisheyeDatabase } from "./fisheye-database.ts";

/** What a drill asks of a restored Fisheye or Crucible. */
export const fisheyeSanityChecks: readonly SanityCheck[] = [
  { title: "there are reviews and users", needs: ["database"], ask: countContent },
  { title: "config.xml leads to this database", needs: ["database", "files"], ask: compareSettings },
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

async function compareSettings(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const home = root("home") ?? "/";
  return await compareDatabase(onlyDatabase(data), () =>
    findFisheyeDatabase(host, { home, install: undefined, passwordKey: "" }),
  );
}
