import { join } from "node:path";
import { mysqlAddress } from "../configuration-files/php/mysql-address.ts";
import { type DatabaseSetting, knownText } from "../configuration-files/php/php-config.ts";
import { toText } from "../configuration-files/php/value.ts";
import { parseDatabaseAddress } from "../database/address.ts";
import type { FoundDatabase } from "../database/settings.ts";
import type { LocateRequest } from "../type.ts";
import type { NextcloudDirectories } from "./nextcloud-directories.ts";

const kinds: Record<string, string> = {
  mysql: "mysql",
  pgsql: "postgresql",
  sqlite: "sqlite",
  sqlite3: "sqlite",
  oci: "Oracle",
};

const certificateAuthority = "1009"; // PDO::MYSQL_ATTR_SSL_CA

type Places = Pick<NextcloudDirectories, "config" | "data">;

/** The database of config.php. */
export async function findNextcloudDatabase(request: LocateRequest, { config, data }: Places): Promise<FoundDatabase> {
  const text = (setting: string, key: DatabaseSetting["key"], example?: string) =>
    knownText(request, config.value(setting), { setting, key, example }) || undefined;
  const type = text("dbtype", "engine", "mysql") ?? "sqlite";
  const kind = kinds[type] ?? type;
  const name = text("dbname", "name", "nextcloud") ?? (kind === "sqlite" ? "owncloud" : undefined);
  const source = config.path;
  if (kind === "sqlite") return { kind, name, file: join(data.path, `${name}.db`), source };
  const address = text("dbhost", "host", "db1.example.org") ?? "localhost";
  const { host, port, socket } =
    kind === "mysql" ? await mysqlAddress(request.host, address) : parseDatabaseAddress(address);
  return {
    kind,
    name,
    host,
    socket,
    port: port ?? (Number(text("dbport", "port", "3307")) || undefined),
    user: text("dbuser", "user", "nextcloud"),
    password: () => text("dbpassword", "password", `{ file: /etc/backup-tools/${request.name}.password }`),
    tls: readTls(config),
    source,
  };
}

// Occ writes constants of PDO as their numbers.
function readTls(config: Places["config"]): FoundDatabase["tls"] {
  const options = config.value("dbdriveroptions");
  const caFile = options instanceof Map ? toText(options.get(certificateAuthority) ?? null) : undefined;
  return caFile ? { mode: "verify-ca", caFile } : undefined;
}
