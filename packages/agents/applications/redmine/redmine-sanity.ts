import { join } from "node:path";
import { applicationSchema } from "../../config/application-schema.ts";
import { compareDatabase } from "../sanity/compare-database.ts";
import { findMissing } from "../sanity/find-missing.ts";
import { readPages } from "../sanity/paged-query.ts";
import { countRows, filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { findRedmineDatabase } from "./redmine-database.ts";
import { findRedmineDirectories } from "./redmine-directories.ts";

/** What a drill asks of a restored Redmine. */
export const redmineSanityChecks: readonly SanityCheck[] = [
  { title: "there are projects and users", needs: ["database"], ask: countContent },
  { title: "database.yml leads to this database", needs: ["database", "files"], ask: compareSettings },
  { title: "every attachment has its file", needs: ["database", "files"], ask: findAttachments },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  if (database.table("projects") === undefined || database.table("issues") === undefined)
    return { figures: [], findings: ["the database has no tables projects and issues: is it Redmine's?"] };
  const figures = [
    { what: "users", count: await countRows(database, "users", "type = 'User'") },
    { what: "projects", count: await countRows(database, "projects") },
    { what: "issues", count: await countRows(database, "issues") },
  ];
  return { figures, findings: figures[0]?.count === 0 ? ["the database has no user: is it the one in use?"] : [] };
}

async function compareSettings(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const config = root("config");
  if (config === undefined) return { figures: [], findings: [] };
  return await compareDatabase(onlyDatabase(data), async () => {
    const settings = applicationSchema.parse({ home: config, configFile: join(config, "database.yml") });
    const directories = await findRedmineDirectories({ name: data.manifest.application, settings, host });
    return await findRedmineDatabase(host, directories, "");
  });
}

async function findAttachments(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const { host, root } = filesOf(data);
  const table = database.table("attachments");
  const files = root("files");
  if (table === undefined || files === undefined) return { figures: [], findings: [] };
  // One without content has no file.
  const query = { table, key: "id", columns: ["disk_directory", "disk_filename"], where: "disk_filename <> ''" };
  return await findMissing({
    what: "attachments",
    rows: readPages(database, query),
    name: ([id, directory, file]) => `${join(directory ?? "", file ?? "")} (${id})`,
    isThere: async ([, directory, file]) => (await host.kind(join(files, directory ?? "", file ?? ""))) === "file",
    problem: `have no file in ${files}`,
  });
}
