import type { ManifestDatabase } from "@catapullt/core/archive/manifest";
import { OperationError } from "@catapullt/core/errors";
import type { EffectivePrivileges } from "./grants.ts";
import { grantStatements } from "./privileges.ts";

export interface LoadTarget {
  database: string;
  /** `user@host`, as CURRENT_USER() gives it. */
  account: string;
  recorded: ManifestDatabase;
}

/** Throws `database-privileges` if the user could not load this dump into a database of this name. */
export function requireLoadPrivileges(
  privileges: EffectivePrivileges,
  { database, account, recorded }: LoadTarget,
): void {
  const missing = neededPrivileges(recorded).filter((privilege) => !privileges.onDatabase(privilege));
  if (missing.length === 0) return;
  const pattern = privileges.patternOf(account) ?? database.replace(/[\\%_]/g, "\\$&");
  const on = `\`${pattern.replaceAll("`", "``")}\`.*`;
  const statements = grantStatements(
    missing.map((privilege) => ({ what: privilege, loses: "tables", grant: { privilege, on } })),
    account,
  );
  throw new OperationError(
    "database-privileges",
    `${account} lacks ${missing.join(", ")} for database ${database}: the dump could not be loaded`,
    {
      hint: `run as an administrator of the database server:\n${statements.map((line) => `  ${line}`).join("\n")}`,
    },
  );
}

function neededPrivileges({ tables, triggers = [], routines = [], events = [] }: ManifestDatabase): string[] {
  const hasViews = tables.some(({ kind }) => kind === "view");
  return [
    ...["SELECT", "INSERT", "CREATE", "DROP", "ALTER", "LOCK TABLES"],
    ...(hasViews ? ["CREATE VIEW"] : []),
    ...(triggers.length > 0 ? ["TRIGGER"] : []),
    ...(routines.length > 0 ? ["CREATE ROUTINE", "ALTER ROUTINE"] : []),
    ...(events.length > 0 ? ["EVENT"] : []),
  ];
}
