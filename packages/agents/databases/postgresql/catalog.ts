import type { ManifestTable } from "@catapullt/core/archive/manifest";
import type { Ask } from "./client.ts";

export type CatalogKind = ManifestTable["kind"] | "routine" | "trigger" | "type" | "extension" | "schema";

/** One object that a dump of the whole database must hold. */
export interface CatalogObject {
  /** The OIDs of the catalog and of the row in it: what pg_dump names an object by, and no other object ever has. */
  classId: string;
  oid: string;
  kind: CatalogKind;
  /**
   * As SQL spells it, with its schema: `public.team`, `"odd schema"."a b"`, `function public.slug(text)`,
   * `guard on public.team`, `pg_trgm 1.6`, `enum public.mood`.
   */
  name: string;
  /** What is particular about how the rows are kept: `partitioned`, `foreign` or a table access method. */
  storage: string | undefined;
  /** The server's estimate. */
  rows: number | undefined;
  /** True if the rows themselves must be in the dump. */
  hasData: boolean;
}

export interface Catalog {
  objects: readonly CatalogObject[];
  largeObjects: number;
}

/**
 * What pg_dump dumps by itself (pg_dump.c, `get…` and `selectDumpable…`): nothing of the system's, nothing that belongs to
 * an extension, nothing that comes with another object. Rows of unlogged tables are not on a standby.
 */
const objectsQuery = `
WITH schemas AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
members AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
relations AS (SELECT c.*, n.nspname FROM pg_class c JOIN schemas n ON n.oid = c.relnamespace
  WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
  AND NOT EXISTS (SELECT FROM pg_depend d JOIN members m ON m.classid = d.refclassid AND m.objid = d.refobjid
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i'))
SELECT 'pg_class'::regclass::oid, c.oid,
  CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized-view' WHEN 'S' THEN 'sequence' ELSE 'table' END,
  format('%I.%I', c.nspname, c.relname),
  CASE c.relkind WHEN 'p' THEN 'partitioned' WHEN 'f' THEN 'foreign' ELSE NULLIF(a.amname, 'heap') END,
  CASE WHEN c.relkind IN ('r', 'm') AND c.reltuples >= 0 THEN c.reltuples::numeric(30, 0) END,
  c.relkind = 'r' AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery())
FROM relations c LEFT JOIN pg_am a ON a.oid = (to_jsonb(c)->>'relam')::oid AND c.relkind IN ('r', 'm')
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
UNION ALL
SELECT 'pg_proc'::regclass::oid, p.oid, 'routine',
  CASE to_jsonb(p)->>'prokind' WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END
    || format(' %I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), NULL, NULL, false
FROM pg_proc p JOIN schemas n ON n.oid = p.pronamespace
WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
UNION ALL
SELECT 'pg_trigger'::regclass::oid, t.oid, 'trigger', format('%I on %I.%I', t.tgname, c.nspname, c.relname), NULL, NULL, false
FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND COALESCE(to_jsonb(t)->>'tgparentid', '0') = '0'
UNION ALL
SELECT 'pg_type'::regclass::oid, t.oid, 'type',
  CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' WHEN 'c' THEN 'composite' ELSE 'base' END
    || format(' %I.%I', n.nspname, t.typname), NULL, NULL, false
FROM pg_type t JOIN schemas n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE (t.typtype IN ('e', 'd', 'r', 'b') OR (t.typtype = 'c' AND c.relkind = 'c'))
  AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
  AND NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
UNION ALL
SELECT 'pg_extension'::regclass::oid, e.oid, 'extension', format('%s %s', e.extname, e.extversion), NULL, NULL, false
FROM pg_extension e WHERE e.oid >= 16384
UNION ALL
SELECT 'pg_namespace'::regclass::oid, n.oid, 'schema', format('%I', n.nspname), NULL, NULL, false
FROM schemas n WHERE n.nspname <> 'public'
  AND NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = n.oid)
ORDER BY 4, 3`;

/** Lists everything that a dump of the database must hold. */
export async function readCatalog(ask: Ask): Promise<Catalog> {
  const rows = await ask(objectsQuery);
  const [[largeObjects = "0"] = []] = await ask("SELECT count(*) FROM pg_largeobject_metadata");
  return { objects: rows.map(describeObject), largeObjects: Number(largeObjects) };
}

/** Names of all objects of a kind. */
export function namesOf(objects: readonly CatalogObject[], kind: CatalogKind): string[] {
  return objects.filter((object) => object.kind === kind).map(({ name }) => name);
}

/** Objects that have a place among the manifest's tables, with the server's estimates. */
export function describeTables(objects: readonly CatalogObject[]): (CatalogObject & { entry: ManifestTable })[] {
  return objects.flatMap((object) => {
    const { kind, name, storage, rows } = object;
    if (!isTableKind(kind)) return [];
    const entry: ManifestTable = {
      name,
      kind,
      ...(storage === undefined ? {} : { storage }),
      ...(rows === undefined ? {} : { rows, rowsAre: "estimated" as const }),
    };
    return [{ ...object, entry }];
  });
}

function isTableKind(kind: CatalogKind): kind is ManifestTable["kind"] {
  return ["table", "view", "materialized-view", "sequence"].includes(kind);
}

function describeObject(row: readonly (string | null)[]): CatalogObject {
  const [classId, oid, kind, name, storage, rows, hasData] = row;
  return {
    classId: classId ?? "",
    oid: oid ?? "",
    kind: kind as CatalogKind,
    name: name ?? "",
    storage: storage ?? undefined,
    rows: typeof rows === "string" ? Number(rows) : undefined,
    hasData: hasData === "t",
  };
}
