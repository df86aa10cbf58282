import { join } from "node:path";
import { enumerate } from "../../databases/enumerate.ts";
import { countRows, filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { blobStoreColumns, blobStoreTable, readBlobStore } from "./nexus-blob-stores.ts";
import { findNewestExport } from "./nexus-exports.ts";

/** What a drill asks of a restored Nexus. */
export const nexusSanityChecks: readonly SanityCheck[] = [
  { title: "there are repositories and users", needs: ["database"], ask: countContent },
  { title: "every blob store on a disk has its directory", needs: ["database", "files"], ask: findBlobStores },
  { title: "the database, or what Nexus exported of it, is there", needs: ["files"], ask: findExport },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const repositories = await countRows(database, "repository");
  const isForeign = database.table("repository") === undefined;
  return {
    figures: [
      { what: "repositories", count: repositories },
      { what: "users", count: await countRows(database, "security_user") },
    ],
    findings: isForeign ? ["the database has no table repository: is it Nexus's?"] : [],
  };
}

async function findBlobStores(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const { host, root } = filesOf(data);
  const table = database.table(blobStoreTable);
  if (table === undefined) return { figures: [], findings: [] };
  const rows = await database.query(`SELECT ${blobStoreColumns} FROM ${table}`);
  const stores = rows.map((row) => readBlobStore(row, root("home") ?? "/"));
  const missing: string[] = [];
  for (const { name, directory } of stores)
    if (directory !== undefined && (await host.kind(join(directory, "content"))) !== "directory")
      missing.push(`${name} (${directory})`);
  return {
    figures: [{ what: "blob stores", count: stores.length }],
    findings:
      missing.length === 0
        ? []
        : [`${missing.length} of ${stores.length} blob stores have no content: ${enumerate(missing)}`],
  };
}

async function findExport(data: RestoredData): Promise<SanityAnswer> {
  if (data.manifest.databases.length > 0) return { figures: [], findings: [] };
  const { host, root } = filesOf(data);
  const directory = root("exports");
  const found = directory === undefined ? undefined : await findNewestExport(host, directory);
  return {
    figures: found === undefined ? [] : [{ what: "exported databases", count: found.files.length }],
    findings:
      found === undefined
        ? ["neither a dump nor an export of the database is there: blobs alone restore to nothing"]
        : [],
  };
}
