import { parseDatabaseAddress } from "./address.ts";
import { decodePercent, parseParameters, parsePort } from "./jdbc/text.ts";
import type { FoundDatabase } from "./settings.ts";
import { readTlsMode } from "./tls-mode.ts";

const kinds: Record<string, string> = {
  mysql: "mysql",
  mysql2: "mysql",
  trilogy: "mysql",
  mariadb: "mariadb",
  postgres: "postgresql",
  postgresql: "postgresql",
  sqlite: "sqlite",
  sqlite3: "sqlite",
};

/** The kind of database behind a driver's name; a name that is not known stays as it is. */
export function databaseKind(driver: string): string {
  return kinds[driver.toLowerCase()] ?? driver;
}

/**
 * The database of a URL as Go, Rust, Ruby and libpq write it: `postgres://user:p%40ss@host:5432/name?sslmode=require`,
 * `mysql://…`, `postgresql:///name?host=/run/postgresql`, `sqlite3:path`. Of several hosts the first one counts, and of
 * several `@` the last one ends user and password. Undefined for anything that is no URL. Never throws.
 */
export function parseDatabaseUrl(url: string, source: string): FoundDatabase | undefined {
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(url.trim()) ?? [];
  if (scheme === "") return undefined;
  const kind = databaseKind(scheme);
  if (kind === "sqlite")
    return { kind, name: undefined, file: rest.replace(/^\/\//, "").replace(/\?.*$/s, ""), source };
  const [match, authority = "", path = "", query = ""] = /^\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest) ?? [];
  if (match === undefined) return undefined;
  const at = authority.lastIndexOf("@");
  const [user = "", ...password] = at < 0 ? [] : authority.slice(0, at).split(":");
  const [first = ""] = authority.slice(at + 1).split(",");
  const parameters = parseParameters(query, "&");
  const written = password.length === 0 ? undefined : decodePercent(password.join(":"));
  return {
    kind,
    name: decodePercent(path) || parameters.get("dbname"),
    ...place(decodePercent(first), parameters),
    user: decodePercent(user) || parameters.get("user"),
    password: () => written ?? parameters.get("password"),
    tls: readTls(parameters),
    source,
  };
}

/**
 * The database of a connection string of libpq: `host=/run/postgresql dbname=chat user=u password='p w'`, values with blanks in
 * single quotes, a backslash before what is meant as it is. Undefined for anything else. Never throws.
 */
export function parseLibpqWords(text: string, source: string): FoundDatabase | undefined {
  const pair = /\s*(\w+)\s*=\s*(?:'((?:\\.|[^'\\])*)'|((?:\\.|[^\s'\\])*))\s*/gsy;
  const parameters = new Map<string, string>();
  let end = 0;
  for (const [whole, key = "", quoted, plain = ""] of text.matchAll(pair)) {
    parameters.set(key, (quoted ?? plain).replace(/\\(.)/gs, "$1"));
    end += whole.length;
  }
  if (end < text.length || !["host", "dbname", "user"].some((key) => parameters.has(key))) return undefined;
  return {
    kind: "postgresql",
    name: parameters.get("dbname") ?? parameters.get("user"),
    ...place("", parameters),
    user: parameters.get("user"),
    password: () => parameters.get("password"),
    tls: readTls(parameters),
    source,
  };
}

// Only a query can name a socket whose path has not been percent-encoded.
function place(
  address: string,
  parameters: ReadonlyMap<string, string>,
): Pick<FoundDatabase, "host" | "port" | "socket"> {
  const [named = ""] = (
    parameters.get("unix_socket") ??
    parameters.get("socket") ??
    parameters.get("host") ??
    ""
  ).split(",");
  const { host, port, socket } = parseDatabaseAddress(named === "" ? address : named);
  const explicit = port ?? parseDatabaseAddress(address).port ?? parsePort(parameters.get("port"));
  return { host: host === "" ? undefined : host, port: explicit, socket };
}

function readTls(parameters: ReadonlyMap<string, string>): FoundDatabase["tls"] {
  const any = (names: readonly string[]) =>
    names.map((name) => parameters.get(name)).find((value) => value !== undefined);
  const mode = readTlsMode(any(["sslmode", "ssl_mode", "ssl-mode", "tls"]));
  const caFile = any(["sslrootcert", "ssl_ca", "sslca"]);
  return mode === undefined ? undefined : { mode, caFile: caFile?.startsWith("/") ? caFile : undefined };
}
