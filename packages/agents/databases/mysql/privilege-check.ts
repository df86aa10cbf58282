import { OperationError } from "@catapullt/core/errors";
import type { DatabaseSettings } from "../engine.ts";
import type { Ask } from "./client.ts";
import { effectivePrivileges, inactiveRoles, parseGrants } from "./grants.ts";
import { hasHiddenRoutines, type ServerFacts } from "./inventory.ts";
import { grantStatements, type MissingPrivilege, missingPrivileges, quoteAccount } from "./privileges.ts";
import { isAtLeast, type Product } from "./product.ts";

/** Fails with `database-privileges` if the user could not see, and so would leave out, some object of the database. */
export async function requirePrivileges(
  ask: Ask,
  settings: DatabaseSettings,
  { facts, hasViews }: { facts: ServerFacts; hasViews: boolean },
): Promise<void> {
  const { name: database, skip } = settings;
  const { product: server, caseSensitive } = facts;
  const lines = await readGrants(ask, server);
  const [[account = ""] = []] = await ask("SELECT CURRENT_USER()");
  const target = { database, caseSensitive, hasWildcards: !(await hasPartialRevokes(ask)) };
  const privileges = effectivePrivileges(parseGrants(lines), target);
  const missing = missingPrivileges(privileges, {
    database,
    account,
    server,
    skip,
    hasViews,
    hidesRoutines: !skip.includes("routines") && (await hasHiddenRoutines(ask)),
  });
  if (missing.length === 0) return;
  const [what, loses] = [missing.map((each) => each.what), missing.map((each) => each.loses)].map((list) =>
    list.join(", "),
  );
  throw new OperationError(
    "database-privileges",
    `${account} lacks ${what} for database ${database}: a dump would silently be without all or some of its ${loses}`,
    { hint: remedy(missing, { account, server, roles: inactiveRoles(lines) }) },
  );
}

interface RemedyFacts {
  account: string;
  server: Product;
  roles: readonly string[];
}

function remedy(missing: readonly MissingPrivilege[], { account, server, roles }: RemedyFacts): string {
  const skippable = missing.map(({ loses }) => loses).filter((kind) => kind !== "tables");
  const [role] = roles;
  const preposition = server.flavour === "mariadb" ? "FOR" : "TO";
  return [
    "run as an administrator of the database server:",
    ...grantStatements(missing, account).map((statement) => `  ${statement}`),
    ...(role === undefined
      ? []
      : [
          "or, if a role that the user has gives it, make that active:",
          `  SET DEFAULT ROLE ${role} ${preposition} ${quoteAccount(account)};`,
        ]),
    ...(skippable.length === 0 ? [] : [`or leave them out on purpose: database: { skip: [${skippable.join(", ")}] }`]),
  ].join("\n");
}

/** The lines of SHOW GRANTS for all that the user may do, active roles included. */
export async function readGrants(ask: Ask, server: Product): Promise<string[]> {
  const lines = (rows: string[][]) => rows.map(([line = ""]) => line);
  if (server.flavour === "mysql" && isAtLeast(server, 8)) {
    // MariaDB lists what the active roles have by itself; MySQL does when it is told which.
    const [[roles = "NONE"] = []] = await ask("SELECT CURRENT_ROLE()");
    if (roles !== "NONE") return lines(await ask(`SHOW GRANTS FOR CURRENT_USER() USING ${roles}`));
  }
  return lines(await ask("SHOW GRANTS"));
}

/** With MySQL's `partial_revokes`, `_` and `%` in grants stand for themselves. */
export async function hasPartialRevokes(ask: Ask): Promise<boolean> {
  const [row] = await ask("SHOW VARIABLES LIKE 'partial_revokes'");
  return row?.[1] === "ON";
}
