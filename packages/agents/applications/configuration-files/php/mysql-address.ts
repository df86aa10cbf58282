import { parseDatabaseAddress } from "../../database/address.ts";
import type { FoundDatabase } from "../../database/settings.ts";
import type { Host } from "../../host.ts";

const usualSockets = ["/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/tmp/mysql.sock"];

/**
 * Where a MySQL server is, as PHP's applications write it: `host`, `host:3307`, `[::1]:3306`, `localhost:/run/mysqld.sock`.
 * `localhost` means the socket to PHP, even where a port is given.
 */
export async function mysqlAddress(host: Host, text: string): Promise<Pick<FoundDatabase, "host" | "port" | "socket">> {
  const [address = "", path] = text.replace(/^p:/, "").split(/:?(?=\/)(.*)/s);
  if (path) return { socket: path };
  const found = parseDatabaseAddress(address || "localhost");
  if (found.host !== "localhost") return found;
  for (const socket of usualSockets) if ((await host.kind(socket)) === "other") return { socket };
  return found;
}
