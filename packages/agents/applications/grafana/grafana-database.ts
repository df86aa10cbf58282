import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { parseDatabaseAddress } from "../database/address.ts";
import type { FoundDatabase } from "../database/settings.ts";
import { readTlsMode } from "../database/tls-mode.ts";
import { databaseKind, parseDatabaseUrl } from "../database/url.ts";
import type { GrafanaSettings } from "./grafana-settings.ts";

export interface GrafanaDatabasePlaces {
  settings: GrafanaSettings;
  configFile: string;
  /** `[paths] data`. */
  data: string;
  /** The agent's key for the database, for messages: `applications.grafana.database`. */
  key: string;
}

/** The database of `[database]`: its `url`, or else its single keys; SQLite where nothing names another. */
export async function findGrafanaDatabase(places: GrafanaDatabasePlaces): Promise<FoundDatabase> {
  const { settings, configFile, data, key } = places;
  const value = (name: string) => settings.read("database", name);
  const source = settings.written("database", "url")?.source ?? configFile;
  const url = await value("url");
  const ofUrl = url === undefined ? undefined : parseDatabaseUrl(url, source);
  if (url !== undefined && ofUrl === undefined) {
    throw new OperationError("application-unreadable", `${source} is no database's URL that is understood here`, {
      hint: `set \`${key}\` in the agent's configuration: engine, host, name, user and password`,
    });
  }
  const kind = ofUrl?.kind ?? databaseKind((await value("type")) ?? "sqlite3");
  if (kind === "sqlite") {
    const path = (await value("path")) ?? "grafana.db";
    return { kind, name: undefined, file: path.startsWith("/") ? path : join(data, path), source: configFile };
  }
  const mode = ofUrl?.tls?.mode ?? readTlsMode(await value("ssl_mode"));
  const caFile = ofUrl?.tls?.caFile ?? (await value("ca_cert_path"));
  const tls = mode === undefined ? undefined : { mode, caFile };
  if (ofUrl !== undefined) return { ...ofUrl, name: ofUrl.name?.split("/")[0], tls };
  const address = parseDatabaseAddress((await value("host")) ?? "127.0.0.1");
  const port = Number((await value("port")) ?? Number.NaN);
  const password = await postponed(async () => withoutVault(await value("password"), key));
  return {
    kind,
    name: (await value("name")) ?? "grafana",
    ...address,
    port: address.port ?? (Number.isInteger(port) ? port : undefined),
    user: (await value("user")) ?? "root",
    password,
    tls,
    source,
  };
}

// The agent's configuration may give the password: what is wrong with this one counts only where it is asked for.
async function postponed<T>(read: () => Promise<T>): Promise<() => T> {
  try {
    const value = await read();
    return () => value;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return () => {
      throw error;
    };
  }
}

function withoutVault(password: string | undefined, key: string): string | undefined {
  if (!/\$__\w+\{/.test(password ?? "")) return password;
  const file = `/etc/backup-tools/${key.split(".")[1]}.password`;
  throw new OperationError("password-unavailable", "Grafana takes the database password from a vault", {
    hint: `write the password into ${file} (mode 0600), and set in the agent's configuration: ${key}.password: { file: ${file} }`,
  });
}
