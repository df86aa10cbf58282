import { basename, dirname } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { secretInputPath } from "@catapullt/core/process/start";
import type { DatabaseSettings, TlsMode } from "../engine.ts";
import { quoteConnectionValue } from "./quoting.ts";

const sslModes: Record<TlsMode, string> = {
  disabled: "disable",
  preferred: "prefer",
  required: "require",
  "verify-ca": "verify-ca",
  "verify-identity": "verify-full",
};

/**
 * How a client program connects, for `--dbname`: keys and values in libpq's own form, so that no name of a database is
 * taken for anything else. The password is not in it but in the file that `passwordFile` gives.
 */
export function connectionString(settings: DatabaseSettings, more: Readonly<Record<string, string>> = {}): string {
  const { name, user, password, tls } = settings;
  const parameters: Record<string, string | undefined> = {
    ...address(settings),
    user,
    dbname: name,
    passfile: password === undefined ? undefined : secretInputPath,
    sslmode: tls && sslModes[tls.mode],
    sslrootcert: tls?.caFile,
    connect_timeout: "20",
    // A server that is gone without a word is noticed after two minutes.
    keepalives_idle: "60",
    keepalives_interval: "10",
    keepalives_count: "6",
    application_name: "backup-agent",
    ...more,
  };
  return Object.entries(parameters)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${quoteConnectionValue(value)}`]))
    .join(" ");
}

/** Where a server listens. A socket is known by its directory and a port; either may be given. */
export function address({ socket, host, port }: Pick<DatabaseSettings, "socket" | "host" | "port">): {
  host?: string;
  port?: string;
} {
  const explicit = port === undefined ? {} : { port: String(port) };
  if (socket !== undefined) {
    const socketPort = /^\.s\.PGSQL\.(\d+)$/.exec(basename(socket))?.[1];
    return socketPort === undefined ? { host: socket, ...explicit } : { host: dirname(socket), port: socketPort };
  }
  if (host === undefined && port === undefined) return {};
  return { host: host ?? "127.0.0.1", ...explicit };
}

/** The password for every server that is connected to, in the format of libpq's password files. */
export function passwordFile({ password, user = "the user" }: DatabaseSettings): string | undefined {
  if (password === undefined) return undefined;
  if (/[\r\n\0]/.test(password)) {
    throw new OperationError("password-unavailable", `the password of ${user} holds a line break`, {
      hint: "PostgreSQL's client programs take none with a line break: give the backup a user of its own",
    });
  }
  return `*:*:*:*:${password.replace(/[\\:]/g, "\\$&")}\n`;
}
