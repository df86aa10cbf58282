import { join } from "node:path";
import { execa } from "execa";
import { quoteIdentifier, quoteLiteral, type ThrowawayPostgresql } from "./postgresql.ts";

/**
 * All that a restore must bring back, as text to compare: definitions of everything with owners and grants as pg_dump's
 * SQL, and independently of it the rows of every table, the values of sequences, large objects, and how many objects
 * there are of each kind.
 */
export async function postgresqlFingerprint(
  server: ThrowawayPostgresql,
  database: string,
): Promise<Record<string, string>> {
  const ask = (sql: string) => server.execute(sql, database);
  const names = async (kinds: string) =>
    (
      await ask(`SELECT encode(convert_to(format('%I.%I', n.nspname, c.relname), 'UTF8'), 'base64') FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN (${kinds}) AND c.relispopulated AND n.nspname !~ '^(pg_|information_schema)' ORDER BY 1`)
    )
      .split("\n")
      .filter((name) => name !== "")
      .map((name) => Buffer.from(name, "base64").toString());
  const each = async (objects: readonly string[], query: (name: string) => string) =>
    objects.length === 0 ? "" : await ask(objects.map((name) => query(name)).join("; "));
  return {
    definitions: await definitions(server, database),
    rows: await each(
      await names("'r', 'm'"),
      (name) => `SELECT ${quoteLiteral(name)}, count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ${name} t`,
    ),
    sequences: await each(
      await names("'S'"),
      (name) => `SELECT ${quoteLiteral(name)}, last_value, is_called FROM ${name}`,
    ),
    largeObjects: await ask(
      "SELECT oid, md5(lo_get(oid)), pg_get_userbyid(lomowner), lomacl FROM pg_largeobject_metadata ORDER BY oid",
    ),
    counts: await ask(countedCatalogs.map((catalog) => countOf(catalog)).join(" UNION ALL ")),
  };
}

const countedCatalogs = [
  "pg_class",
  "pg_proc",
  "pg_trigger",
  "pg_type",
  "pg_constraint",
  "pg_attribute",
  "pg_attrdef",
  "pg_index",
  "pg_enum",
  "pg_extension",
  "pg_policy",
  "pg_rewrite",
  "pg_description",
  "pg_default_acl",
  "pg_event_trigger",
  "pg_publication",
  "pg_foreign_table",
  "pg_user_mapping",
  "pg_statistic_ext",
  "pg_collation",
  "pg_cast",
  "pg_operator",
  "pg_ts_config",
];

function countOf(catalog: string): string {
  return `SELECT '${catalog}', count(*) FROM ${catalog}`;
}

// Without the random token that stands in newer dumps, and the versions of what made them.
async function definitions(server: ThrowawayPostgresql, database: string): Promise<string> {
  const { stdout } = await execa(
    join(server.programs, "pg_dump"),
    [...server.clientArguments, "--create", "--schema-only", `--dbname=dbname='${database.replace(/[\\']/g, "\\$&")}'`],
    { maxBuffer: 256 * 1024 * 1024 },
  );
  return stdout
    .replaceAll(quoteIdentifier(database), "the-database")
    .replaceAll(/^\\(un)?restrict .*$/gm, "")
    .replaceAll(/^-- Dumped .*$/gm, "");
}
