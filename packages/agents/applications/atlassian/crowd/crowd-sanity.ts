import { join } from "node:path";
import { firstExisting } from "../../files/product-directories.ts";
import { countRows, filesOf, onlyDatabase } from "../../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../../sanity/sanity.ts";
import { compareConfiguredDatabase } from "../configured-database.ts";

/** Since 3.0 in the shared home, before in the home; relative to the home. */
export const crowdConfigFiles = ["shared/crowd.cfg.xml", "crowd.cfg.xml"];

/** Crowd brings its own Tomcat, a directory deeper than the other products. */
export function crowdTomcat(install: string | undefined): string | undefined {
  return install === undefined ? undefined : join(install, "apache-tomcat");
}

/** What a drill asks of a restored Crowd. */
export const crowdSanityChecks: readonly SanityCheck[] = [
  { title: "there are directories and users", needs: ["database"], ask: countContent },
  { title: "the home leads to this database", needs: ["database", "files"], ask: compareDatabase },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const figures = [
    { what: "user directories", count: await countRows(database, "cwd_directory") },
    { what: "users", count: await countRows(database, "cwd_user") },
  ];
  const isEmpty = figures[0]?.count === 0;
  return { figures, findings: isEmpty ? ["the database has no user directory: is it Crowd's?"] : [] };
}

async function compareDatabase(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const home = root("home") ?? "/";
  const name = (await firstExisting(host, home, crowdConfigFiles)) ?? "crowd.cfg.xml";
  return await compareConfiguredDatabase(data, join(home, name), crowdTomcat(root("install")));
}
