import { OperationError } from "@catapullt/core/errors";
import type { DatabaseSettings } from "../engine.ts";
import { enumerate } from "../enumerate.ts";
import type { Ask } from "./client.ts";
import type { ServerFacts } from "./facts.ts";
import { dollarQuote, quoteIdentifier, quoteLiteral } from "./quoting.ts";

/** Something that the user may not read. Names as SQL spells them. */
export interface Gap {
  kind: "schema" | "table" | "sequence" | "policy" | "large-objects";
  name: string;
  schema: string;
  owner: string;
  /** True where membership in the owner's role would give away the whole server. */
  isOwnerSuperuser: boolean;
}

const readableLargeObject = `current_setting('lo_compat_privileges') = 'on' OR pg_has_role(l.lomowner, 'USAGE')
  OR EXISTS (SELECT FROM aclexplode(l.lomacl) a WHERE a.privilege_type = 'SELECT'
    AND CASE WHEN a.grantee = 0 THEN true ELSE pg_has_role(a.grantee, 'USAGE') END)`;

function gapsQuery({ judgesLargeObjects }: ServerFacts): string {
  const readable = judgesLargeObjects ? "has_largeobject_privilege(l.oid, 'SELECT')" : readableLargeObject;
  return `
WITH relations AS (SELECT c.*, n.nspname, n.nspowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'S')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'e' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid))
SELECT DISTINCT 'schema', quote_ident(nspname), quote_ident(nspname), pg_get_userbyid(nspowner), false
FROM relations WHERE NOT has_schema_privilege(relnamespace, 'USAGE')
UNION ALL
SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, format('%I.%I', nspname, relname), quote_ident(nspname), pg_get_userbyid(relowner), false
FROM relations WHERE NOT has_table_privilege(oid, 'SELECT')
UNION ALL
SELECT 'policy', format('%I.%I', nspname, relname), quote_ident(nspname), pg_get_userbyid(relowner), false
FROM relations WHERE relkind <> 'S' AND row_security_active(oid)
UNION ALL
SELECT 'large-objects', count(*)::text, '', pg_get_userbyid(l.lomowner), r.rolsuper
FROM pg_largeobject_metadata l LEFT JOIN pg_roles r ON r.oid = l.lomowner WHERE NOT (${readable}) GROUP BY l.lomowner, r.rolsuper
ORDER BY 1, 2`;
}

/** Fails with `database-privileges` if the user may not read something of the database. */
export async function requirePrivileges(ask: Ask, settings: DatabaseSettings, facts: ServerFacts): Promise<void> {
  if (facts.isSuperuser) return;
  const gaps = (await ask(gapsQuery(facts))).map(describeGap);
  if (gaps.length === 0) return;
  throw new OperationError(
    "database-privileges",
    `${facts.user} may not read all of database ${settings.name}: ${describeGaps(gaps)}`,
    {
      hint: [
        `run in database ${settings.name}, as an administrator of the server:`,
        ...grantStatements(gaps, facts).map((statement) => `  ${statement}`),
        "or dump as the user to whom they belong",
      ].join("\n"),
    },
  );
}

function describeGap([kind, name, schema, owner, isSuperuser]: readonly (string | null)[]): Gap {
  return {
    kind: kind as Gap["kind"],
    name: name ?? "",
    schema: schema ?? "",
    owner: owner ?? "",
    isOwnerSuperuser: isSuperuser === "t",
  };
}

const titles: Record<Gap["kind"], string> = {
  schema: "schemas",
  table: "tables",
  sequence: "sequences",
  policy: "rows behind row level security in",
  "large-objects": "large objects of",
};

export function describeGaps(gaps: readonly Gap[]): string {
  const kinds = ["schema", "table", "sequence", "policy", "large-objects"] as const;
  return kinds
    .map((kind) => ({ kind, found: gaps.filter((gap) => gap.kind === kind) }))
    .filter(({ found }) => found.length > 0)
    .map(({ kind, found }) => {
      const names = found.map(({ name, owner }) => (kind === "large-objects" ? `${owner} (${name})` : name));
      return `${titles[kind]} ${enumerate(names)}`;
    })
    .join("; ");
}

/** What an administrator runs, in the database itself, so that the user may read everything. */
export function grantStatements(
  gaps: readonly Gap[],
  { user, release }: Pick<ServerFacts, "user" | "release">,
): string[] {
  const to = quoteIdentifier(user);
  const of = (...kinds: Gap["kind"][]) => gaps.filter(({ kind }) => kinds.includes(kind));
  const schemas = [...new Set(of("schema", "table", "sequence").map(({ schema }) => schema))].join(", ");
  const objects = of("large-objects");
  const owners = objects.filter(({ isOwnerSuperuser }) => !isOwnerSuperuser).map(({ owner }) => quoteIdentifier(owner));
  return [
    ...(schemas === "" ? [] : readingStatements(schemas, to, release)),
    ...(of("policy").length === 0 ? [] : [`ALTER ROLE ${to} BYPASSRLS;`]),
    ...owners.map((owner) => `GRANT ${owner} TO ${to};`),
    ...(owners.length === objects.length ? [] : [largeObjectsStatement(user)]),
  ];
}

// There is no statement for all of them, nor for those to come.
function largeObjectsStatement(user: string): string {
  const grant = `format('GRANT SELECT ON LARGE OBJECT %s TO %I', id, ${quoteLiteral(user)})`;
  const loop = `FOR id IN SELECT oid FROM pg_largeobject_metadata LOOP EXECUTE ${grant}; END LOOP;`;
  return `DO ${dollarQuote(`DECLARE id oid; BEGIN ${loop} END`)};`;
}

function readingStatements(schemas: string, to: string, release: number): string[] {
  if (release >= 14) return [`GRANT pg_read_all_data TO ${to};`];
  return [
    `GRANT USAGE ON SCHEMA ${schemas} TO ${to};`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${schemas} TO ${to};`,
    `GRANT SELECT ON ALL SEQUENCES IN SCHEMA ${schemas} TO ${to};`,
  ];
}
