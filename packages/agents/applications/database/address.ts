import { isAbsolute } from "node:path";
import type { FoundDatabase } from "./settings.ts";

/**
 * Where a server is, as configurations write it: `host`, `host:port`, `[::1]:port`, `/run/mysqld/mysqld.sock`, or for
 * PostgreSQL a socket's directory, which may have a port too.
 */
export function parseDatabaseAddress(text: string): Pick<FoundDatabase, "host" | "port" | "socket"> {
  if (isAbsolute(text)) {
    const [, socket = text, socketPort] = /^(.*?)(?::(\d*))?$/.exec(text) ?? [];
    return { socket, port: toPort(socketPort) };
  }
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(text) ?? [];
  return { host: bracketed ?? plain ?? text, port: toPort(port) };
}

function toPort(text: string | undefined): number | undefined {
  return text === undefined || text === "" ? undefined : Number(text);
}
