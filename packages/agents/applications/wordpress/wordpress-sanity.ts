import { isAbsolute, join } from "node:path";
import { applicationSchema } from "../../config/application-schema.ts";
import { ifReadable } from "../configuration-files/php/if-readable.ts";
import { readPhpConfig } from "../configuration-files/php/php-config.ts";
import { toText } from "../configuration-files/php/value.ts";
import { findMissing } from "../sanity/find-missing.ts";
import { readPages } from "../sanity/paged-query.ts";
import { countRows, filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, RestoredDatabase, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import {
  findWordpress,
  tablePrefix,
  type WordpressDirectories,
  wordpressVersionFile,
} from "./wordpress-directories.ts";

/** What a drill asks of a restored WordPress. */
export const wordpressSanityChecks: readonly SanityCheck[] = [
  { title: "there are posts and users", needs: ["database"], ask: countContent },
  { title: "program files and database are of one version", needs: ["database", "files"], ask: compareVersions },
  { title: "every attachment has its file", needs: ["database", "files"], ask: findAttachments },
];

const nothing: SanityAnswer = { figures: [], findings: [] };

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const [prefix] = tablePrefixes(data);
  if (prefix === undefined)
    return { figures: [], findings: ["the database has no tables options and usermeta: is it WordPress's?"] };
  const published = "post_status = 'publish' AND post_type";
  const figures = [
    { what: "posts", count: await countRows(database, `${prefix}posts`, `${published} = 'post'`) },
    { what: "pages", count: await countRows(database, `${prefix}posts`, `${published} = 'page'`) },
    { what: "users", count: await countRows(database, `${prefix}users`) },
  ];
  const address = await readOption(database, prefix, "siteurl");
  const findings = address ? [] : [`${prefix}options has no siteurl: the site does not know its address`];
  return { figures, findings };
}

async function compareVersions(data: RestoredData): Promise<SanityAnswer> {
  const places = await ifReadable(() => placesOf(data));
  if (places === undefined) return nothing;
  const { home, config } = places;
  const { variables } = await readPhpConfig(
    { name: "", host: filesOf(data).host },
    join(home.path, wordpressVersionFile),
  );
  const ofFiles = toText(variables.get("wp_db_version") ?? null);
  const ofDatabase = await readOption(onlyDatabase(data), prefixOf(data, config), "db_version");
  if (!ofFiles || ofDatabase === undefined || ofDatabase === ofFiles) return nothing;
  const finding =
    Number(ofDatabase) > Number(ofFiles)
      ? `the database is of a newer WordPress (${ofDatabase}) than the program files (${ofFiles})`
      : `the database (${ofDatabase}) was not upgraded to the program files (${ofFiles}): WordPress does so at the next login of an administrator`;
  return { figures: [], findings: [finding] };
}

async function findAttachments(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const places = await ifReadable(() => placesOf(data));
  if (places === undefined) return nothing;
  const prefix = prefixOf(data, places.config);
  const answers: SanityAnswer[] = [];
  for (const site of await listSites(database, prefix)) {
    const table = database.table(`${site.prefix}postmeta`);
    if (table === undefined) continue;
    const uploads = join(await uploadsOf(database, site.prefix, places), site.directory);
    const query = { table, key: "meta_id", columns: ["meta_value"], where: "meta_key = '_wp_attached_file'" };
    answers.push(
      await findMissing({
        what: site.directory === "" ? "attachments" : `attachments of site ${site.id}`,
        rows: readPages(database, query),
        name: ([, path]) => path ?? "",
        isThere: async ([, path]) => {
          const file = isAbsolute(path ?? "") ? (path ?? "") : join(uploads, path ?? "");
          return (await filesOf(data).host.kind(file)) === "file";
        },
        problem: `have no file in ${uploads}`,
      }),
    );
  }
  return {
    figures: answers.flatMap(({ figures }) => figures),
    findings: answers.flatMap(({ findings }) => findings),
  };
}

interface Site {
  id: string;
  prefix: string;
  /** Below the uploads. */
  directory: string;
}

// Of several sites, each but the first has tables and uploads of its own.
async function listSites(database: RestoredDatabase, prefix: string): Promise<Site[]> {
  const main = { id: "1", prefix, directory: "" };
  const blogs = database.table(`${prefix}blogs`);
  if (blogs === undefined) return [main];
  const rows = await database.query(`SELECT blog_id FROM ${blogs} WHERE blog_id > 1 ORDER BY blog_id`);
  return [main, ...rows.map(([id]) => ({ id: id ?? "", prefix: `${prefix}${id}_`, directory: `sites/${id}` }))];
}

async function uploadsOf(database: RestoredDatabase, prefix: string, places: WordpressDirectories): Promise<string> {
  const own = (await readOption(database, prefix, "upload_path")) ?? "";
  if (own === "" || own === "wp-content/uploads") return places.uploads;
  return isAbsolute(own) ? own : join(places.home.path, own);
}

async function readOption(database: RestoredDatabase, prefix: string, name: string): Promise<string | undefined> {
  const table = database.table(`${prefix}options`);
  if (table === undefined) return undefined;
  const rows = await database.query(`SELECT option_value FROM ${table} WHERE option_name = '${name}'`);
  return rows[0]?.[0] ?? undefined;
}

/** Of every WordPress that has its tables in the database. */
function tablePrefixes(data: RestoredData): string[] {
  const names = onlyDatabase(data).recorded.tables.map(({ name }) => name);
  const prefixes = names.flatMap((name) => (name.endsWith("usermeta") ? [name.slice(0, -"usermeta".length)] : []));
  return prefixes.filter((prefix) => names.includes(`${prefix}options`));
}

function prefixOf(data: RestoredData, config: WordpressDirectories["config"]): string {
  return tablePrefix(config) ?? tablePrefixes(data)[0] ?? "wp_";
}

async function placesOf(data: RestoredData): Promise<WordpressDirectories> {
  const { host, root } = filesOf(data);
  const site = root("site") ?? "/";
  const inSite = [site, ...((await host.list(site)) ?? []).map((name) => join(site, name))];
  let home = site;
  for (const path of inSite.toReversed())
    if ((await host.kind(join(path, wordpressVersionFile))) === "file") home = path;
  const settings = applicationSchema.parse({ home, configFile: root("config") });
  return await findWordpress({ name: data.manifest.application, settings, host });
}
