import { join } from "node:path";
import { compareDatabase } from "../sanity/compare-database.ts";
import { countRows, filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { findTeamcityDatabase } from "./teamcity-database.ts";

/** What a drill asks of a restored TeamCity. */
export const teamcitySanityChecks: readonly SanityCheck[] = [
  { title: "there are users", needs: ["database"], ask: countContent },
  { title: "there are projects", needs: ["files"], ask: countProjects },
  { title: "database.properties leads to this database", needs: ["database", "files"], ask: compareSettings },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  if (database.table("users") === undefined || database.table("db_version") === undefined)
    return { figures: [], findings: ["the database has no tables users and db_version: is it TeamCity's?"] };
  const figures = [
    { what: "users", count: await countRows(database, "users") },
    { what: "finished builds", count: await countRows(database, "history") },
  ];
  return { figures, findings: figures[0]?.count === 0 ? ["the database has no user: nobody could log in"] : [] };
}

async function countProjects(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const directory = join(root("data") ?? "/", "config/projects");
  let count = 0;
  for (const name of (await host.list(directory)) ?? [])
    if ((await host.kind(join(directory, name, "project-config.xml"))) === "file") count += 1;
  const findings = count === 0 ? [`there is no project in ${directory}: every TeamCity has one, _Root`] : [];
  return { figures: [{ what: "projects", count }], findings };
}

async function compareSettings(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const home = root("data") ?? "/";
  // Without the file the database came from the environment, which is not known here.
  if ((await host.kind(join(home, "config/database.properties"))) === undefined) return { figures: [], findings: [] };
  return await compareDatabase(onlyDatabase(data), () =>
    findTeamcityDatabase(host, { home, unit: undefined, key: "" }),
  );
}
