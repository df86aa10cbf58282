import { OperationError } from "@catapullt/core/errors";
import type { DefinerChoice } from "../engine.ts";
import { enumerate } from "../enumerate.ts";
import type { Ask } from "./client.ts";
import { dollarQuote, quoteIdentifier, quoteLiteral } from "./quoting.ts";

/** The roles that a dump names, as they stand on a server. */
export interface FoundRoles {
  missing: readonly string[];
  /** Those to which the user cannot give anything. */
  foreign: readonly string[];
  /** The server's first superuser, to whom belongs what came with a database. */
  administrator: string;
}

export interface OwnerDecision {
  /** Nothing is given to anybody: all of it belongs to who loads it, and grants are left out. */
  strips: boolean;
  note: string | undefined;
}

/** One statement that makes those of the roles that are missing, without login. */
export function createMissingRoles(roles: readonly string[]): string {
  const create = "EXECUTE format('CREATE ROLE %I NOLOGIN', name)";
  const loop =
    `FOREACH name IN ARRAY ARRAY[${roles.map(quoteLiteral).join(", ")}] LOOP ` +
    `IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN ${create}; END IF; END LOOP;`;
  return `DO ${dollarQuote(`DECLARE name text; BEGIN ${loop} END`)}`;
}

export async function findRoles(ask: Ask, recorded: readonly string[]): Promise<FoundRoles> {
  const list = recorded.length === 0 ? "NULL" : recorded.map(quoteLiteral).join(", ");
  const rows = await ask(`SELECT rolname, pg_has_role(oid, 'MEMBER'), oid = 10 FROM pg_roles
    WHERE oid = 10 OR rolname IN (${list})`);
  const known = new Map(rows.map(([name, isMember]) => [name, isMember === "t"]));
  return {
    missing: recorded.filter((role) => !known.has(role)),
    foreign: recorded.filter((role) => known.get(role) === false),
    administrator: rows.find(([, , isFirst]) => isFirst === "t")?.[0] ?? "",
  };
}

/**
 * Whether owners and grants come back. Throws `restore-refused` where they must and a role is missing. That the first superuser
 * is out of reach does not count yet: a dump may name him and give him nothing.
 */
export function decideOwners(
  choice: DefinerChoice,
  { missing, foreign, administrator }: FoundRoles,
  user: string,
): OwnerDecision {
  const create = missing.map((role) => `  CREATE ROLE ${quoteIdentifier(role)};`).join("\n");
  if (choice === "strip") return { strips: true, note: `${stripped(user)}, as --definer strip says` };
  if (choice === "keep") {
    if (missing.length === 0) return { strips: false, note: undefined };
    throw new OperationError("restore-refused", `the server lacks roles that the dump names: ${enumerate(missing)}`, {
      hint: `run as an administrator of the server:\n${create}\nor restore without --definer keep`,
    });
  }
  if (missing.length > 0) {
    return {
      strips: true,
      note: `${stripped(user)}, since the server lacks the roles ${enumerate(missing)}; to have them back, run before:\n${create}`,
    };
  }
  const others = foreign.filter((role) => role !== administrator);
  return others.length === 0
    ? { strips: false, note: undefined }
    : { strips: true, note: `${stripped(user)}, since he is no member of ${enumerate(others)}` };
}

/** What to say where owners and grants are left out. */
export function stripped(user: string): string {
  return `everything will belong to ${user}, without grants to others`;
}
