import type { SkippableKind } from "../engine.ts";
import type { EffectivePrivileges } from "./grants.ts";
import { isAtLeast, type Product } from "./product.ts";

export interface PrivilegeRequest {
  database: string;
  /** `user@host`, as CURRENT_USER() gives it. */
  account: string;
  server: Product;
  skip: readonly SkippableKind[];
  hasViews: boolean;
  /** There are routines that the user sees, but whose text he may not read. */
  hidesRoutines: boolean;
}

/** What the user lacks: for a message, and the parts of the GRANT statement that would give it. */
export interface MissingPrivilege {
  what: string;
  /** The kind of objects that a dump without it would not have. */
  loses: "tables" | SkippableKind;
  grant: { privilege: string; on: string };
}

/** What a dump of the whole database needs and these privileges do not hold. */
export function missingPrivileges(privileges: EffectivePrivileges, request: PrivilegeRequest): MissingPrivilege[] {
  const { database, account, server, skip, hasViews, hidesRoutines } = request;
  // The server looks at the most specific pattern alone: a new one beside the user's own would take from him, and from
  // the application that works as him, all that the old one gives.
  const pattern = privileges.patternOf(account) ?? database.replace(/[\\%_]/g, "\\$&");
  const on = `${quoteIdentifier(pattern)}.*`;
  const seesAllTables = privileges.onDatabase("SELECT");
  const needed = [
    { privilege: "SELECT", loses: "tables", isNeeded: true },
    // Without it a view is not left out: the dump fails when it comes to one.
    { privilege: "SHOW VIEW", loses: "views", isNeeded: (hasViews || !seesAllTables) && !skip.includes("views") },
    { privilege: "TRIGGER", loses: "triggers", isNeeded: !skip.includes("triggers") },
    { privilege: "EVENT", loses: "events", isNeeded: !skip.includes("events") },
  ] as const;
  const missing: MissingPrivilege[] = needed
    .filter(({ privilege, isNeeded }) => isNeeded && !privileges.onDatabase(privilege))
    .map(({ privilege, loses }) => ({ what: privilege, loses, grant: { privilege, on } }));
  const seesAllRoutines = routinePrivileges.some((privilege) => privileges.onDatabase(privilege)) && !hidesRoutines;
  const forRoutines =
    skip.includes("routines") || seesAllRoutines ? undefined : missingForRoutines(privileges, server, on);
  return forRoutines === undefined ? missing : [...missing, forRoutines];
}

// Who has one of them for the whole database sees that a routine exists; its text he may read where he is its definer.
const routinePrivileges = ["EXECUTE", "ALTER ROUTINE", "CREATE ROUTINE"];

// Who has none of those sees his own routines alone, and who does not own all of them cannot read all: these can.
function missingForRoutines(
  privileges: EffectivePrivileges,
  server: Product,
  on: string,
): MissingPrivilege | undefined {
  const lacks = (what: string, grant: MissingPrivilege["grant"]) => ({ what, loses: "routines" as const, grant });
  if (server.flavour === "mysql" && isAtLeast(server, 8)) {
    if (privileges.everywhere("SELECT") || privileges.everywhere("SHOW_ROUTINE")) return undefined;
    return isAtLeast(server, 8, 0, 20)
      ? lacks("SHOW_ROUTINE", { privilege: "SHOW_ROUTINE", on: "*.*" })
      : lacks("SELECT on all databases", { privilege: "SELECT", on: "*.*" });
  }
  if (privileges.onTable("SELECT", "mysql", "proc")) return undefined;
  if (server.flavour === "mariadb" && isAtLeast(server, 11, 3)) {
    if (privileges.onDatabase("SHOW CREATE ROUTINE")) return undefined;
    return lacks("SHOW CREATE ROUTINE", { privilege: "SHOW CREATE ROUTINE", on });
  }
  return lacks("SELECT on mysql.proc", { privilege: "SELECT", on: "`mysql`.`proc`" });
}

/** The GRANT statements to run, one for each place. */
export function grantStatements(missing: readonly MissingPrivilege[], account: string): string[] {
  const places = new Map<string, string[]>();
  for (const { grant } of missing) places.set(grant.on, [...(places.get(grant.on) ?? []), grant.privilege]);
  return [...places].map(([on, privileges]) => `GRANT ${privileges.join(", ")} ON ${on} TO ${quoteAccount(account)};`);
}

/** `user@host` as SQL; a host has no `@`, a user may. */
export function quoteAccount(account: string): string {
  const at = account.lastIndexOf("@");
  return `${quoteString(account.slice(0, at))}@${quoteString(account.slice(at + 1))}`;
}

function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoteIdentifier(text: string): string {
  return `\`${text.replaceAll("`", "``")}\``;
}
