import { join } from "node:path";
import { applicationSchema } from "../../config/application-schema.ts";
import { compareDatabase } from "../sanity/compare-database.ts";
import { findMissing } from "../sanity/find-missing.ts";
import { countRows, filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { findVaultwardenDatabase } from "./vaultwarden-database.ts";
import { findVaultwardenDirectories, type VaultwardenDirectories } from "./vaultwarden-directories.ts";

/** What a drill asks of a restored Vaultwarden. */
export const vaultwardenSanityChecks: readonly SanityCheck[] = [
  { title: "there are vaults", needs: ["database"], ask: countContent },
  { title: "the settings lead to this database", needs: ["database", "files"], ask: compareSettings },
  { title: "every attachment has its file", needs: ["database", "files"], ask: findAttachments },
  { title: "every file that was sent is there", needs: ["database", "files"], ask: findSends },
];

const nothing: SanityAnswer = { figures: [], findings: [] };

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  if (database.table("users") === undefined || database.table("ciphers") === undefined)
    return { figures: [], findings: ["the database has no tables users and ciphers: is it Vaultwarden's?"] };
  const figures = [
    { what: "users", count: await countRows(database, "users") },
    { what: "items", count: await countRows(database, "ciphers") },
    { what: "organizations", count: await countRows(database, "organizations") },
  ];
  return { figures, findings: figures[0]?.count === 0 ? ["the database has no user: is it the one in use?"] : [] };
}

async function compareSettings(data: RestoredData): Promise<SanityAnswer> {
  return await compareDatabase(onlyDatabase(data), async () =>
    findVaultwardenDatabase(
      filesOf(data).host,
      await directoriesOf(data),
      `applications.${data.manifest.application}.database`,
    ),
  );
}

async function findAttachments(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const table = database.table("attachments");
  const { attachments } = (await directoriesOf(data)).folders;
  if (table === undefined || attachments === undefined) return nothing;
  return await findMissing({
    what: "attachments",
    rows: iterate(await database.query(`SELECT id, cipher_uuid FROM ${table}`)),
    name: ([id, cipher]) => `${cipher}/${id}`,
    isThere: ([id, cipher]) => isFile(data, join(attachments, cipher ?? "", id ?? "")),
    problem: `have no file in ${attachments}`,
  });
}

async function findSends(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const table = database.table("sends");
  const { sends } = (await directoriesOf(data)).folders;
  if (table === undefined || sends === undefined) return nothing;
  return await findMissing({
    what: "sent files",
    rows: iterate(await database.query(`SELECT uuid, data FROM ${table} WHERE atype = 1`)),
    name: ([uuid]) => uuid ?? "",
    isThere: ([uuid, description]) => isFile(data, join(sends, uuid ?? "", fileOf(description ?? ""))),
    problem: `have no file in ${sends}`,
  });
}

// `{"id":"5f…","fileName":"2.…","size":"12"}`
function fileOf(description: string): string {
  const [, id = ""] = /"id"\s*:\s*"([^"/]+)"/.exec(description) ?? [];
  return id;
}

async function* iterate(rows: (string | null)[][]): AsyncGenerator<(string | null)[]> {
  yield* rows;
}

async function isFile(data: RestoredData, path: string): Promise<boolean> {
  return (await filesOf(data).host.kind(path)) === "file";
}

async function directoriesOf(data: RestoredData): Promise<VaultwardenDirectories> {
  const { host, root } = filesOf(data);
  const settings = applicationSchema.parse({ home: root("data"), configFile: root("config") });
  return await findVaultwardenDirectories({ name: data.manifest.application, settings, host });
}
