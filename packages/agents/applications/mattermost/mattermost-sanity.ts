import { join } from "node:path";
import { applicationSchema } from "../../config/application-schema.ts";
import { compareDatabase } from "../sanity/compare-database.ts";
import { findMissing } from "../sanity/find-missing.ts";
import { readPages } from "../sanity/paged-query.ts";
import { countRows, filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { findMattermostDatabase } from "./mattermost-database.ts";
import { findMattermostDirectories, type MattermostDirectories } from "./mattermost-directories.ts";

/** What a drill asks of a restored Mattermost. */
export const mattermostSanityChecks: readonly SanityCheck[] = [
  { title: "there are users and channels", needs: ["database"], ask: countContent },
  { title: "config.json leads to this database", needs: ["database", "files"], ask: compareSettings },
  { title: "every uploaded file is there", needs: ["database", "files"], ask: findUploads },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  if (database.table("channels") === undefined || database.table("posts") === undefined)
    return { figures: [], findings: ["the database has no tables Channels and Posts: is it Mattermost's?"] };
  const figures = [
    { what: "users", count: await countRows(database, "users") },
    { what: "channels", count: await countRows(database, "channels") },
    { what: "posts", count: await countRows(database, "posts") },
  ];
  return { figures, findings: figures[0]?.count === 0 ? ["the database has no user: is it the one in use?"] : [] };
}

async function compareSettings(data: RestoredData): Promise<SanityAnswer> {
  return await compareDatabase(onlyDatabase(data), async () => findMattermostDatabase(await directoriesOf(data), ""));
}

async function findUploads(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const table = database.table("fileinfo");
  const { host, root } = filesOf(data);
  // What is kept in object storage is not part of the backup, which has said so.
  const directory = root("data");
  if (table === undefined || directory === undefined) return { figures: [], findings: [] };
  return await findMissing({
    what: "uploaded files",
    rows: readPages(database, { table, key: "Id", isTextKey: true, columns: ["Path"], where: "DeleteAt = 0" }),
    name: ([, path]) => path ?? "",
    isThere: async ([, path]) => (await host.kind(join(directory, path ?? ""))) === "file",
    problem: `are not in ${directory}`,
  });
}

async function directoriesOf(data: RestoredData): Promise<MattermostDirectories> {
  const { host, root } = filesOf(data);
  const config = root("config");
  const configFile =
    config === undefined || (await host.kind(config)) === "file" ? config : join(config, "config.json");
  const settings = applicationSchema.parse({ home: root("data"), configFile });
  return await findMattermostDirectories({ name: data.manifest.application, settings, host });
}
