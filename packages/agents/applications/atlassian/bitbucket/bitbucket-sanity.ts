import { join } from "node:path";
import { enumerate } from "../../../databases/enumerate.ts";
import { firstExisting } from "../../files/product-directories.ts";
import { readPages } from "../../sanity/paged-query.ts";
import { countRows, filesOf, onlyDatabase } from "../../sanity/restored-parts.ts";
import type { RestoredData, RestoredFiles, SanityAnswer, SanityCheck } from "../../sanity/sanity.ts";

/** What a drill asks of a restored Bitbucket. */
export const bitbucketSanityChecks: readonly SanityCheck[] = [
  { title: "there are projects and repositories", needs: ["database"], ask: countContent },
  { title: "every repository has its directory", needs: ["database", "files"], ask: findRepositories },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const tables = [
    { what: "projects", table: "project" },
    { what: "pull requests", table: "sta_pull_request" },
  ];
  const figures: SanityAnswer["figures"] = [];
  for (const { what, table } of tables) figures.push({ what, count: await countRows(database, table) });
  const isForeign = database.table("repository") === undefined;
  return { figures, findings: isForeign ? ["the database has no table REPOSITORY: is it Bitbucket's?"] : [] };
}

async function findRepositories(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const files = filesOf(data);
  const table = database.table("repository");
  if (table === undefined) return { figures: [], findings: [] };
  const directory = await findRepositoriesDirectory(files);
  let count = 0;
  const missing: string[] = [];
  for await (const [id, slug] of readPages(database, { table, key: "id", columns: ["slug"] })) {
    count += 1;
    const head = join(directory, id ?? "", "HEAD");
    if ((await files.host.kind(head)) !== "file") missing.push(`${slug} (${id})`);
  }
  return {
    figures: [{ what: "repositories", count }],
    findings:
      missing.length === 0
        ? []
        : [
            `${missing.length} of ${count} repositories have no directory in ${directory}: ${enumerate(missing)} (those in further data stores and on Mesh nodes are no part of this backup)`,
          ],
  };
}

// The tree of the repositories themselves, where they were behind a link, else the one around them.
async function findRepositoriesDirectory({ host, root }: RestoredFiles): Promise<string> {
  const own = root("repositories");
  if (own !== undefined) return own;
  const home = root("home") ?? "/";
  const sharedHome = root("shared-home");
  const candidates = [
    ...(sharedHome === undefined ? [] : [join(sharedHome, "data/repositories")]),
    join(home, "shared/data/repositories"),
    join(home, "data/repositories"),
  ];
  return (await firstExisting(host, "/", candidates)) ?? join(home, "shared/data/repositories");
}
