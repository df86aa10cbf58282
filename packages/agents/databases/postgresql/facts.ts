import type { Ask } from "./client.ts";
import { parseServerRelease, type Release } from "./release.ts";

export interface ServerFacts {
  /** Such as `15.18`; what packagers add is left out. */
  version: string;
  release: Release;
  encoding: string;
  /** The database's own collation, and its character classes where they are of another locale. */
  collation: string;
  /** The role whose privileges count. */
  user: string;
  isSuperuser: boolean;
  /** True where the server can say who may read a large object. */
  judgesLargeObjects: boolean;
}

// Columns that not every release has are read as keys of a JSON object.
const factsQuery = `
SELECT current_setting('server_version'), current_setting('server_version_num'), pg_encoding_to_char(d.encoding),
  d.datcollate, d.datctype, COALESCE(to_jsonb(d)->>'datlocprovider', 'c'),
  COALESCE(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale'),
  current_user, r.rolsuper, to_regprocedure('has_largeobject_privilege(oid,text)') IS NOT NULL
FROM pg_database d, pg_roles r WHERE d.datname = current_database() AND r.rolname = current_user`;

export async function readServerFacts(ask: Ask): Promise<ServerFacts> {
  const [row = []] = await ask(factsQuery);
  const [version, number, encoding, collate, characterType, provider, locale, user, superuser, judges] = row.map(
    (value) => value ?? "",
  );
  return {
    version: version?.split(" ")[0] ?? "",
    release: parseServerRelease(number ?? ""),
    encoding: encoding ?? "",
    collation: describeCollation({ collate, characterType, provider, locale }),
    user: user ?? "",
    isSuperuser: superuser === "t",
    judgesLargeObjects: judges === "t",
  };
}

interface Locale {
  collate: string | undefined;
  characterType: string | undefined;
  provider: string | undefined;
  locale: string | undefined;
}

// Providers: the system's library, ICU, and from 17 on PostgreSQL's own.
function describeCollation({ collate = "", characterType = "", provider, locale = "" }: Locale): string {
  if (provider === "i") return `${locale} (icu)`;
  if (provider === "b") return `${locale} (builtin)`;
  return collate === characterType ? collate : `${collate} (ctype ${characterType})`;
}

/**
 * Roles that the dump names but does not hold: owners, those with grants, those of policies and of settings for this
 * database. The server's first superuser owns what came with the database; `pg_…` roles are on every server.
 */
const rolesQuery = `
WITH here AS (SELECT oid FROM pg_database WHERE datname = current_database())
SELECT r.rolname FROM pg_roles r WHERE r.rolname !~ '^pg_' AND (r.oid = 10
  OR r.oid = (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database())
  OR EXISTS (SELECT FROM pg_shdepend s, here WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid
    AND (s.dbid = here.oid OR (s.dbid = 0 AND s.classid = 'pg_database'::regclass AND s.objid = here.oid)))
  OR EXISTS (SELECT FROM pg_db_role_setting c, here WHERE c.setdatabase = here.oid AND c.setrole = r.oid))
ORDER BY r.rolname`;

export async function listRoles(ask: Ask): Promise<string[]> {
  return (await ask(rolesQuery)).map(([name]) => name ?? "");
}

/** Foreign servers whose user mappings have options that only a superuser or the server's owner may see. */
export async function listHiddenMappings(ask: Ask): Promise<string[]> {
  const rows = await ask("SELECT DISTINCT srvname FROM pg_user_mappings WHERE umoptions IS NULL ORDER BY srvname");
  return rows.map(([name]) => name ?? "");
}
