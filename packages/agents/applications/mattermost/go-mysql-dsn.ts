import { parseDatabaseAddress } from "../database/address.ts";
import { decodePercent, parseParameters } from "../database/jdbc/text.ts";
import type { FoundDatabase } from "../database/settings.ts";
import { readTlsMode } from "../database/tls-mode.ts";

/**
 * Parses a data source name of Go's MySQL driver: `user:password@tcp(host:port)/name?tls=true`, `user@unix(/path)/name`.
 * Nothing but the name and the parameters is percent-encoded: a password may hold any `@`, `:`, `(` and `/`, so the last slash
 * before the parameters and the last `@` before it count. Undefined for anything else.
 */
export function parseGoMysqlDsn(text: string, source: string): FoundDatabase | undefined {
  const slash = text.lastIndexOf("/");
  if (slash < 0) return undefined;
  const [name = "", ...query] = text.slice(slash + 1).split("?");
  const before = text.slice(0, slash);
  const at = before.lastIndexOf("@");
  const credentials = before.slice(0, Math.max(at, 0));
  const colon = credentials.indexOf(":");
  const [match, network = "", , address = ""] = /^([a-z0-9]*)(\((.*)\))?$/is.exec(before.slice(at + 1)) ?? [];
  if (match === undefined) return undefined;
  const parameters = parseParameters(query.join("?"), "&");
  const mode = readTlsMode(parameters.get("tls"));
  return {
    kind: "mysql",
    name: decodePercent(name) || undefined,
    ...place(network, address),
    user: (colon < 0 ? credentials : credentials.slice(0, colon)) || undefined,
    password: () => (colon < 0 ? undefined : credentials.slice(colon + 1)),
    tls: mode === undefined ? undefined : { mode },
    source,
  };
}

// The driver's own defaults, where it names a network and no address.
function place(network: string, address: string): Pick<FoundDatabase, "host" | "port" | "socket"> {
  if (network === "unix") return { socket: address === "" ? "/tmp/mysql.sock" : address };
  return parseDatabaseAddress(address === "" ? "127.0.0.1" : address);
}
