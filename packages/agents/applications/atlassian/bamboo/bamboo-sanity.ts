import { join } from "node:path";
import { countRows, filesOf, onlyDatabase } from "../../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../../sanity/sanity.ts";
import { compareConfiguredDatabase } from "../configured-database.ts";
import { bambooConfigFile } from "./bamboo-directories.ts";

/** What a drill asks of a restored Bamboo. */
export const bambooSanityChecks: readonly SanityCheck[] = [
  { title: "there are plans", needs: ["database"], ask: countContent },
  {
    title: "the home leads to this database",
    needs: ["database", "files"],
    ask: (data) =>
      compareConfiguredDatabase(
        data,
        join(filesOf(data).root("home") ?? "/", bambooConfigFile),
        filesOf(data).root("install"),
      ),
  },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const figures = [
    { what: "plans and jobs", count: await countRows(database, "build") },
    { what: "results of builds", count: await countRows(database, "buildresultsummary") },
  ];
  const isForeign = database.table("build") === undefined;
  return { figures, findings: isForeign ? ["the database has no table BUILD: is it Bamboo's?"] : [] };
}
