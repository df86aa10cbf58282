import { decodePercent, parsePort } from "./text.ts";

export interface MysqlHost {
  host: string;
  port: number | undefined;
  socket: string | undefined;
  user: string | undefined;
  password: string | undefined;
}

export interface MysqlLocation {
  hosts: readonly MysqlHost[];
  /** What follows the hosts, still percent-encoded. */
  path: string;
  query: string;
}

/**
 * Parses what follows `//` in a MySQL or MariaDB JDBC URL: hosts as `host:port`, `[::1]:port`, `address=(host=h)(port=p)`,
 * `(host=h,port=p)` or `[host,host]`, each with `user:password@` before it, separated by commas.
 */
export function parseMysqlLocation(text: string): MysqlLocation | undefined {
  const end = findTopLevel(text, "/?");
  const authority = text.slice(0, end);
  const [, path = "", query = ""] = /^\/?([^?]*)(?:\?(.*))?$/s.exec(text.slice(end)) ?? [];
  const hosts = splitTopLevel(authority).flatMap(parseHosts);
  const known = hosts.filter((host) => host !== undefined);
  return known.length === hosts.length ? { hosts: known, path, query } : undefined;
}

function parseHosts(text: string): (MysqlHost | undefined)[] {
  const at = text.lastIndexOf("@", findTopLevel(text, "("));
  const [user, ...password] = at < 0 ? [] : text.slice(0, at).split(":");
  const credentials = {
    user: user === undefined || user === "" ? undefined : decodePercent(user),
    password: password.length === 0 ? undefined : decodePercent(password.join(":")),
  };
  const address = text.slice(at + 1).trim();
  const list = /^\[(.*)\]$/s.exec(address)?.[1];
  if (list === undefined || isIpv6(list)) return [parseAddress(address, credentials)];
  return splitTopLevel(list).map((element) => parseAddress(element.trim(), credentials));
}

function parseAddress(
  address: string,
  credentials: { user: string | undefined; password: string | undefined },
): MysqlHost | undefined {
  const keyed = /^(?:address=)?(\(.*\))$/is.exec(address)?.[1];
  if (keyed !== undefined) {
    const pairs = parsePairs(keyed);
    return {
      host: pairs.get("host")?.replace(/^\[(.*)\]$/, "$1") || "localhost",
      port: parsePort(pairs.get("port")),
      socket: pairs.get("localsocket"),
      user: pairs.get("user") ?? credentials.user,
      password: pairs.get("password") ?? credentials.password,
    };
  }
  const [match, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]()=]*))(?::(\d*))?$/.exec(address) ?? [];
  if (match === undefined) return undefined;
  const host = decodePercent(bracketed ?? plain ?? "") || "localhost";
  return { host, port: parsePort(port), socket: undefined, ...credentials };
}

// `(host=h)(port=p)` and `(host=h,port=p)`; names are compared without case.
function parsePairs(text: string): Map<string, string> {
  const pairs = text
    .slice(1, -1)
    .split(/\)\s*\(|,/)
    .map((pair): [string, string] => {
      const [name = "", ...value] = pair.split("=");
      return [name.trim().toLowerCase(), decodePercent(value.join("=").trim())];
    });
  return new Map(pairs);
}

function isIpv6(text: string): boolean {
  return /^[0-9a-f:.]*:[0-9a-f:.]*(%.+)?$/i.test(text);
}

// The index of the first of `characters` outside of brackets and parentheses, or the text's length.
function findTopLevel(text: string, characters: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (depth === 0 && characters.includes(character)) return index;
    if (character === "(" || character === "[") depth += 1;
    if (character === ")" || character === "]") depth -= 1;
  }
  return text.length;
}

function splitTopLevel(text: string): string[] {
  const end = findTopLevel(text, ",");
  return end === text.length ? [text] : [text.slice(0, end), ...splitTopLevel(text.slice(end + 1))];
}
