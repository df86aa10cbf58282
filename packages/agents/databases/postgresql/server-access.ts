import { OperationError } from "@catapullt/core/errors";
import type { DatabaseContext, DatabaseSettings } from "../engine.ts";
import { type Ask, connect } from "./client.ts";
import { quoteLiteral } from "./quoting.ts";
import { parseServerRelease, type Release } from "./release.ts";

/** What a user may do on a server, and one of its databases. */
export interface ServerAccess {
  ask: Ask;
  /** Where new databases can be made and others renamed; undefined where only the database itself lets the user in. */
  maintenance: DatabaseSettings | undefined;
  user: string;
  isSuperuser: boolean;
  mayCreateDatabases: boolean;
  isStandby: boolean;
  version: string;
  release: Release;
  /** Undefined where the database does not exist. */
  existing: ExistingDatabase | undefined;
}

export interface ExistingDatabase {
  owner: string;
  /** True where the user is the owner, or may do what the owner may. */
  isOwn: boolean;
  encoding: string;
}

// One of them is on every server, and a database cannot be renamed from within itself.
const maintenanceDatabases = ["postgres", "template1"];

function accessQuery(database: string): string {
  return `SELECT r.rolname, r.rolsuper, r.rolsuper OR r.rolcreatedb, pg_is_in_recovery(), current_setting('server_version'),
  current_setting('server_version_num'), pg_get_userbyid(d.datdba), pg_has_role(d.datdba, 'USAGE'), pg_encoding_to_char(d.encoding)
FROM pg_roles r LEFT JOIN pg_database d ON d.datname = ${quoteLiteral(database)} WHERE r.rolname = current_user`;
}

/** Connects to a database beside the one that is meant, or else to that one. */
export async function accessServer(settings: DatabaseSettings, context: DatabaseContext): Promise<ServerAccess> {
  let refusal: OperationError | undefined;
  for (const name of [...maintenanceDatabases.filter((candidate) => candidate !== settings.name), settings.name]) {
    const place = { ...settings, name };
    try {
      const ask = await connect(place, context);
      const [row = []] = await ask(accessQuery(settings.name));
      return { ask, maintenance: name === settings.name ? undefined : place, ...describeAccess(row) };
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      if (!["database-unknown", "database-denied"].includes(error.code)) throw error;
      // That the database itself does not exist tells less than why the others cannot be used.
      if (refusal === undefined || error.code === "database-denied") refusal = error;
    }
  }
  throw refusal;
}

function describeAccess(row: readonly (string | null)[]): Omit<ServerAccess, "ask" | "maintenance"> {
  const [user, isSuperuser, mayCreate, isStandby, version, number, owner, isOwn, encoding] = row;
  return {
    user: user ?? "",
    isSuperuser: isSuperuser === "t",
    mayCreateDatabases: mayCreate === "t",
    isStandby: isStandby === "t",
    version: version?.split(" ")[0] ?? "",
    release: parseServerRelease(number ?? ""),
    existing: typeof owner === "string" ? { owner, isOwn: isOwn === "t", encoding: encoding ?? "" } : undefined,
  };
}
