import { createHash } from "node:crypto";
import { join } from "node:path";
import { applicationSchema } from "../../config/application-schema.ts";
import { ifReadable } from "../configuration-files/php/if-readable.ts";
import { toBoolean } from "../configuration-files/php/value.ts";
import { findMissing } from "../sanity/find-missing.ts";
import { countRows, filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, RestoredDatabase, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { findMediawiki, type MediawikiDirectories } from "./mediawiki-directories.ts";

/** What a drill asks of a restored MediaWiki. */
export const mediawikiSanityChecks: readonly SanityCheck[] = [
  { title: "there are pages and users", needs: ["database"], ask: countContent },
  { title: "every page has its text's revision", needs: ["database"], ask: findRevisions },
  { title: "every uploaded file is there", needs: ["database", "files"], ask: findUploads },
];

const nothing: SanityAnswer = { figures: [], findings: [] };

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const prefix = tablePrefix(data);
  if (prefix === undefined)
    return { figures: [], findings: ["the database has no tables page and revision: is it MediaWiki's?"] };
  const users = database.table(`${prefix}user`) === undefined ? `${prefix}mwuser` : `${prefix}user`;
  const figures = [
    { what: "pages", count: await countRows(database, `${prefix}page`) },
    { what: "revisions", count: await countRows(database, `${prefix}revision`) },
    { what: "users", count: await countRows(database, users) },
  ];
  return { figures, findings: figures[0]?.count === 0 ? ["the wiki has no page: is it the one in use?"] : [] };
}

async function findRevisions(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const prefix = tablePrefix(data) ?? "";
  const [page, revision] = [database.table(`${prefix}page`), database.table(`${prefix}revision`)];
  if (page === undefined || revision === undefined) return nothing;
  const [[count = "0"] = []] = await database.query(
    `SELECT COUNT(*) FROM ${page} LEFT JOIN ${revision} ON rev_id = page_latest WHERE rev_id IS NULL`,
  );
  const finding = `${count} pages have no current revision: they cannot be shown`;
  return { figures: [], findings: Number(count) === 0 ? [] : [finding] };
}

async function findUploads(data: RestoredData): Promise<SanityAnswer> {
  const { host } = filesOf(data);
  const database = onlyDatabase(data);
  const table = database.table(`${tablePrefix(data) ?? ""}image`);
  if (table === undefined) return nothing;
  const places = await ifReadable(() => placesOf(data));
  if (places === undefined) return nothing;
  const { uploads, config } = places;
  const isHashed = toBoolean(config.variables.get("wgHashedUploadDirectory") ?? true) !== false;
  return await findMissing({
    what: "uploaded files",
    rows: listNames(database, table),
    name: ([name]) => name ?? "",
    isThere: async ([name]) => (await host.kind(join(uploads, uploadPath(name ?? "", isHashed)))) === "file",
    problem: `are not in ${uploads}`,
  });
}

const rowsAtOnce = 5000;

// The table's key is the name itself.
async function* listNames(database: RestoredDatabase, table: string): AsyncGenerator<(string | null)[]> {
  for (let offset = 0; ; offset += rowsAtOnce) {
    const order = `ORDER BY img_name LIMIT ${rowsAtOnce} OFFSET ${offset}`;
    const rows = await database.query(`SELECT img_name FROM ${table} WHERE img_size > 0 ${order}`);
    yield* rows;
    if (rows.length < rowsAtOnce) return;
  }
}

/** `a/ab/Name.png`: by the MD5 of the name. */
function uploadPath(name: string, isHashed: boolean): string {
  const hash = createHash("md5").update(name).digest("hex");
  return isHashed ? join(hash.slice(0, 1), hash.slice(0, 2), name) : name;
}

function tablePrefix(data: RestoredData): string | undefined {
  const names = onlyDatabase(data).recorded.tables.map(({ name }) => name.replace(/^.*\./, ""));
  const prefixes = names.flatMap((name) => (name.endsWith("page") ? [name.slice(0, -"page".length)] : []));
  return prefixes.find((prefix) => names.includes(`${prefix}revision`));
}

async function placesOf(data: RestoredData): Promise<MediawikiDirectories> {
  const { host, root } = filesOf(data);
  const settings = applicationSchema.parse({ home: root("wiki") ?? "/", configFile: root("config") });
  return await findMediawiki({ name: data.manifest.application, settings, host });
}
