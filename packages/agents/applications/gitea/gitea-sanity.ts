import { join } from "node:path";
import { applicationSchema } from "../../config/application-schema.ts";
import { findMissing } from "../sanity/find-missing.ts";
import { readPages } from "../sanity/paged-query.ts";
import type { RestoredData, RestoredDatabase, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { below, findGiteaDirectories, type GiteaDirectories } from "./gitea-directories.ts";

/** What a drill asks of a restored Gitea or Forgejo. */
export const giteaSanityChecks: readonly SanityCheck[] = [
  { title: "the database is Gitea's", needs: ["database"], ask: countContent },
  { title: "every repository has its directory", needs: ["database", "files"], ask: findRepositories },
  { title: "every attachment has its file", needs: ["database", "files"], ask: findAttachments },
  { title: "every large file (LFS) has its content", needs: ["database", "files"], ask: findLargeFiles },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const { database } = parts(data);
  if (database.table("version") === undefined || database.table("repository") === undefined) {
    return { figures: [], findings: ["the database has no tables version and repository: is it Gitea's?"] };
  }
  const figures: SanityAnswer["figures"] = [];
  for (const { table, what } of counted) {
    const name = database.table(table);
    if (name === undefined) continue;
    const [[count = "0"] = []] = await database.query(`SELECT COUNT(*) FROM ${name}`);
    figures.push({ what, count: Number(count) });
  }
  return { figures, findings: [] };
}

const counted = [
  { table: "user", what: "users and organizations" },
  { table: "issue", what: "issues and pull requests" },
];

async function findRepositories(data: RestoredData): Promise<SanityAnswer> {
  const { database, host } = parts(data);
  const table = database.table("repository");
  if (table === undefined) return nothing;
  const { repositories } = await directoriesOf(data);
  const query = { table, key: "id", columns: ["owner_name", "name"] };
  return await findMissing({
    what: "repositories",
    rows: readPages(database, query),
    name: ([, owner, name]) => `${owner}/${name}`,
    isThere: async ([, owner, name]) => {
      const path = join(repositories, `${owner}/${name}.git`.toLowerCase());
      return (await host.kind(join(path, "HEAD"))) === "file";
    },
    problem: `have no directory in ${repositories}`,
  });
}

async function findAttachments(data: RestoredData): Promise<SanityAnswer> {
  const { database } = parts(data);
  const table = database.table("attachment");
  if (table === undefined) return nothing;
  return await findStored(data, {
    what: "attachments",
    section: "attachment",
    directory: "attachments",
    rows: readPages(database, { table, key: "id", columns: ["uuid", "name"] }),
    path: (uuid) => join(uuid.slice(0, 1), uuid.slice(1, 2), uuid),
  });
}

async function findLargeFiles(data: RestoredData): Promise<SanityAnswer> {
  const { database } = parts(data);
  const table = database.table("lfs_meta_object");
  if (table === undefined) return nothing;
  return await findStored(data, {
    what: "large files",
    section: "lfs",
    directory: "lfs",
    rows: readPages(database, { table, key: "id", columns: ["oid", "oid"] }),
    path: (oid) => join(oid.slice(0, 2), oid.slice(2, 4), oid.slice(4)),
  });
}

const nothing: SanityAnswer = { figures: [], findings: [] };

interface StoredObjects {
  what: string;
  /** The section of app.ini that says where they are kept. */
  section: string;
  /** Where they are kept by default, below the data directory. */
  directory: string;
  /** Key, identifier, name. */
  rows: AsyncIterable<(string | null)[]>;
  /** Relative to the place where they are kept. */
  path: (identifier: string) => string;
}

async function findStored(
  data: RestoredData,
  { what, section, directory, rows, path }: StoredObjects,
): Promise<SanityAnswer> {
  const { host } = parts(data);
  const { ini, dataPath } = await directoriesOf(data);
  const value = (key: string) => ini.get(section)?.get(key) || ini.get("storage")?.get(key);
  // What is kept in object storage is not part of the backup, which has said so.
  if ((value("STORAGE_TYPE") || "local") !== "local") return nothing;
  const ownPath =
    ini.get(section)?.get("PATH") ?? (section === "lfs" ? ini.get("server")?.get("LFS_CONTENT_PATH") : "");
  const place = ownPath ? below(dataPath, ownPath) : join(dataPath, directory);
  return await findMissing({
    what,
    rows,
    name: ([, identifier, name]) => name ?? identifier ?? "",
    isThere: async ([, identifier]) => (await host.kind(join(place, path(identifier ?? "")))) === "file",
    problem: `have no file in ${place}`,
  });
}

async function directoriesOf(data: RestoredData): Promise<GiteaDirectories> {
  const { host, root } = parts(data);
  const custom = root("custom");
  const candidates = [root("config"), ...(custom === undefined ? [] : [join(custom, "conf/app.ini")])];
  const [configFile] = candidates.filter((path) => path !== undefined);
  return await findGiteaDirectories({
    name: data.manifest.application,
    settings: applicationSchema.parse({ configFile }),
    host,
  });
}

function parts({
  databases: [database],
  files,
}: RestoredData): { database: RestoredDatabase } & NonNullable<RestoredData["files"]> {
  if (database === undefined || files === undefined) throw new Error("unreachable: the check needs both");
  return { database, ...files };
}
