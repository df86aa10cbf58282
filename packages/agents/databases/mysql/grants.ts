/** Privileges, upper case, on everything that `pattern` matches. */
export interface Grant {
  privileges: readonly string[];
  /** Where the grant holds: everywhere, in databases whose name matches a pattern, or for one table of a database. */
  scope:
    | { kind: "global" }
    | { kind: "database"; pattern: string }
    | { kind: "table"; database: string; table: string };
  /** An account as `user@host`, as CURRENT_USER() gives it, or a role's name. */
  grantee: string;
  /** True for MySQL's partial revokes, which take privileges away again. */
  isRevoked: boolean;
}

const quoted = "(?:`(?:[^`]|``)*`|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[^\\s`'\".,]+)";
const grantee = `(?<user>${quoted})(?:@(?<host>${quoted}))?`;
const statement = new RegExp(
  `^(?<verb>GRANT|REVOKE) (?<privileges>.+?) ON (?:TABLE )?(?<database>\\*|${quoted})\\.(?<object>\\*|${quoted}) (?:TO|FROM) ${grantee}`,
  "s",
);

/**
 * Reads the lines of SHOW GRANTS, of MariaDB and of MySQL. Grants on columns and on routines are left out, since no
 * dump of a whole database can do with them; so are roles, whose own grants the server lists beside.
 */
export function parseGrants(lines: readonly string[]): Grant[] {
  return lines.flatMap((line) => {
    const parts = statement.exec(line)?.groups;
    if (parts?.privileges === undefined || parts.database === undefined || parts.object === undefined) return [];
    const privileges = splitPrivileges(parts.privileges);
    if (privileges.length === 0) return [];
    return [
      {
        privileges,
        scope: describeScope(parts.database, parts.object),
        grantee: [parts.user ?? "", ...(parts.host === undefined ? [] : [parts.host])].map(unquote).join("@"),
        isRevoked: parts.verb === "REVOKE",
      },
    ];
  });
}

const roleGrant = new RegExp(`^GRANT (?<role>${quoted}(?:@${quoted})?(?:,\\s?${quoted}@${quoted})*) TO `);

/** Roles that are granted but not active, as the server spells them: their grants are not listed, and do not count. */
export function inactiveRoles(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const role = roleGrant.exec(line)?.groups?.role;
    return role === undefined || lines.some((other) => other.includes(` TO ${role}`)) ? [] : [role];
  });
}

// A privilege with columns after it, such as SELECT (`a`, `b`), does not count.
function splitPrivileges(text: string): string[] {
  return text
    .replace(/[A-Z ]+ \([^)]*\)(?:, ?)?/g, "")
    .split(",")
    .map((privilege) => privilege.trim().toUpperCase())
    .filter((privilege) => /^[A-Z_ ]+$/.test(privilege) && privilege !== "USAGE")
    .map((privilege) => (privilege === "ALL" ? "ALL PRIVILEGES" : privilege));
}

function describeScope(database: string, object: string): Grant["scope"] {
  if (object !== "*") return { kind: "table", database: unquote(database), table: unquote(object) };
  return database === "*" ? { kind: "global" } : { kind: "database", pattern: unquote(database) };
}

function unquote(text: string): string {
  const quote = text[0] ?? "";
  return "`'\"".includes(quote) ? text.slice(1, -1).replaceAll(quote + quote, quote) : text;
}

/** A database as grants see it. */
export interface GrantTarget {
  database: string;
  caseSensitive: boolean;
  /** False with MySQL's `partial_revokes`: then `_` and `%` in a grant stand for themselves. */
  hasWildcards: boolean;
}

export interface EffectivePrivileges {
  /** True if the privilege holds for every object of the database. */
  onDatabase(privilege: string): boolean;
  /** True if the privilege holds on all databases. */
  everywhere(privilege: string): boolean;
  onTable(privilege: string, database: string, table: string): boolean;
  /** The pattern by which this grantee has what he has on the database; undefined where he has nothing there. */
  patternOf(grantee: string): string | undefined;
}

/**
 * What the grants come to for one database. Of several patterns that match it, the server uses the most specific one
 * for each grantee and ignores the others; what roles have comes on top.
 */
export function effectivePrivileges(grants: readonly Grant[], target: GrantTarget): EffectivePrivileges {
  const given = grants.filter((grant) => !grant.isRevoked);
  const revoked = grants.filter((grant) => grant.isRevoked);
  const inDatabase = (database: string) => [...mostSpecific(given, { ...target, database }).values()];
  const isRevoked = (privilege: string, database: string) =>
    revoked.some(
      ({ scope, privileges }) => matchesScope(scope, { ...target, database }) && includes(privileges, privilege),
    );
  const everywhere = (privilege: string) =>
    given.some(({ scope, privileges }) => scope.kind === "global" && includes(privileges, privilege));
  const within = (privilege: string, database: string) =>
    (everywhere(privilege) && !isRevoked(privilege, database)) ||
    inDatabase(database).some(({ privileges }) => includes(privileges, privilege));
  return {
    everywhere,
    onDatabase: (privilege) => within(privilege, target.database),
    onTable: (privilege, database, table) =>
      within(privilege, database) ||
      given.some(
        ({ scope, privileges }) =>
          scope.kind === "table" &&
          scope.database === database &&
          scope.table === table &&
          includes(privileges, privilege),
      ),
    patternOf(grantee) {
      const scope = mostSpecific(given, target).get(grantee)?.scope;
      return scope?.kind === "database" ? scope.pattern : undefined;
    },
  };
}

function mostSpecific(grants: readonly Grant[], target: GrantTarget): Map<string, Grant> {
  const best = new Map<string, Grant>();
  for (const grant of grants) {
    if (grant.scope.kind !== "database" || !matchesScope(grant.scope, target)) continue;
    const rival = best.get(grant.grantee);
    if (rival === undefined || specificity(grant) > specificity(rival)) best.set(grant.grantee, grant);
  }
  return best;
}

// The server sorts patterns by how much of them comes before the first wildcard; one without any comes first.
function specificity({ scope }: Grant): number {
  if (scope.kind !== "database") return -1;
  const wildcard = /(?<!\\)[%_]/.exec(scope.pattern);
  return wildcard === null ? Number.POSITIVE_INFINITY : wildcard.index;
}

function matchesScope(scope: Grant["scope"], { database, caseSensitive, hasWildcards }: GrantTarget): boolean {
  if (scope.kind !== "database") return scope.kind === "global";
  const fold = (text: string) => (caseSensitive ? text : text.toLowerCase());
  const pattern = fold(scope.pattern);
  return hasWildcards ? patternExpression(pattern).test(fold(database)) : pattern === fold(database);
}

function patternExpression(pattern: string): RegExp {
  const source = pattern.replace(
    /\\(.)|([%_])|([^\w])/gsu,
    (_, escaped?: string, wildcard?: string, other?: string) => {
      if (wildcard !== undefined) return wildcard === "%" ? ".*" : ".";
      return (escaped ?? other ?? "").replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    },
  );
  return new RegExp(`^${source}$`, "su");
}

function includes(privileges: readonly string[], wanted: string): boolean {
  return privileges.includes(wanted) || (privileges.includes("ALL PRIVILEGES") && wanted !== "SHOW_ROUTINE");
}
