import { join } from "node:path";
import { applicationSchema } from "../../config/application-schema.ts";
import { ifReadable } from "../configuration-files/php/if-readable.ts";
import { toText } from "../configuration-files/php/value.ts";
import { findMissing } from "../sanity/find-missing.ts";
import { readPages } from "../sanity/paged-query.ts";
import { countRows, filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { findNextcloud, type NextcloudDirectories } from "./nextcloud-directories.ts";

/** What a drill asks of a restored Nextcloud. */
export const nextcloudSanityChecks: readonly SanityCheck[] = [
  { title: "there are users and files", needs: ["database"], ask: countContent },
  { title: "config.php and database are of one instance", needs: ["database", "files"], ask: compareInstances },
  { title: "every user's file is there", needs: ["database", "files"], ask: findFiles },
];

const nothing: SanityAnswer = { figures: [], findings: [] };

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const prefix = tablePrefix(data);
  if (prefix === undefined)
    return { figures: [], findings: ["the database has no tables filecache and storages: is it Nextcloud's?"] };
  return {
    figures: [
      { what: "users", count: await countRows(database, `${prefix}users`) },
      { what: "files", count: await countRows(database, `${prefix}filecache`, "path LIKE 'files/%'") },
      { what: "shares", count: await countRows(database, `${prefix}share`) },
    ],
    findings: [],
  };
}

/** The instance's own data are in `appdata_<instanceid>`, which the database knows as a file too. */
async function compareInstances(data: RestoredData): Promise<SanityAnswer> {
  const places = await ifReadable(() => placesOf(data));
  const instance = toText(places?.config.value("instanceid") ?? null);
  if (!instance || !/^\w+$/.test(instance)) return nothing;
  const [own, others] = await Promise.all([
    countRows(onlyDatabase(data), `${tablePrefix(data)}filecache`, `path = 'appdata_${instance}'`),
    countRows(onlyDatabase(data), `${tablePrefix(data)}filecache`, "path LIKE 'appdata!_%' ESCAPE '!'"),
  ]);
  if (own > 0 || others === 0) return nothing;
  const finding = `config.php is of the instance ${instance}, of which the database knows nothing: do they belong together?`;
  return { figures: [], findings: [finding] };
}

async function findFiles(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const prefix = tablePrefix(data) ?? "";
  const [files, storages, types] = ["filecache", "storages", "mimetypes"].map((name) =>
    database.table(`${prefix}${name}`),
  );
  if (files === undefined || storages === undefined || types === undefined) return nothing;
  const places = await ifReadable(() => placesOf(data));
  if (places === undefined) return nothing;
  const { host } = filesOf(data);
  const homes = new Map<string | null, string>();
  for (const [id = null, home] of await database.query(
    `SELECT numeric_id, id FROM ${storages} WHERE id LIKE 'home::%'`,
  ))
    homes.set(id, join(places.data.path, (home ?? "").slice("home::".length)));
  if (homes.size === 0) return nothing;
  const isFile = `path LIKE 'files/%' AND mimetype NOT IN (SELECT id FROM ${types} WHERE mimetype = 'httpd/unix-directory')`;
  const where = `${isFile} AND storage IN (${[...homes.keys()].join(", ")})`;
  const place = ([, storage = null, path]: readonly (string | null)[]) => join(homes.get(storage) ?? "", path ?? "");
  return await findMissing({
    what: "users' files",
    rows: readPages(database, { table: files, key: "fileid", columns: ["storage", "path"], where }),
    name: place,
    isThere: async (row) => (await host.kind(place(row))) === "file",
    problem: "are not there",
  });
}

function tablePrefix(data: RestoredData): string | undefined {
  const names = onlyDatabase(data).recorded.tables.map(({ name }) => name.replace(/^.*\./, ""));
  const prefixes = names.flatMap((name) => (name.endsWith("filecache") ? [name.slice(0, -"filecache".length)] : []));
  return prefixes.find((prefix) => names.includes(`${prefix}storages`));
}

async function placesOf(data: RestoredData): Promise<NextcloudDirectories> {
  const { host, root } = filesOf(data);
  const directory = root("config");
  const configFile = directory === undefined ? undefined : join(directory, "config.php");
  const settings = applicationSchema.parse({ home: root("nextcloud") ?? "/", configFile });
  return await findNextcloud({ name: data.manifest.application, settings, host });
}
