import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { mysqlAddress } from "../configuration-files/php/mysql-address.ts";
import { type DatabaseSetting, knownText } from "../configuration-files/php/php-config.ts";
import { type PhpValue, toBoolean } from "../configuration-files/php/value.ts";
import { parseDatabaseAddress } from "../database/address.ts";
import type { FoundDatabase } from "../database/settings.ts";
import type { LocateRequest } from "../type.ts";
import type { MediawikiDirectories } from "./mediawiki-directories.ts";

const kinds: Record<string, string> = { mysql: "mysql", postgres: "postgresql", sqlite: "sqlite" };

type Places = Pick<MediawikiDirectories, "config" | "sqliteData">;

/** The database of LocalSettings.php; of several servers the first, which is the one that is written to. */
export async function findMediawikiDatabase(request: LocateRequest, places: Places): Promise<FoundDatabase> {
  const { variables, path: source } = places.config;
  const servers = variables.get("wgDBservers");
  const primary = servers instanceof Map ? servers.get("0") : undefined;
  const value = (variable: string, entry: string): PhpValue | undefined =>
    primary instanceof Map ? (primary.get(entry) ?? variables.get(variable)) : variables.get(variable);
  const text = (variable: string, entry: string, key: DatabaseSetting["key"], example?: string) =>
    knownText(request, value(variable, entry), { setting: `$${variable}`, key, example }) || undefined;
  const type = text("wgDBtype", "type", "engine", "mysql") ?? "mysql";
  const kind = kinds[type] ?? type;
  const name = text("wgDBname", "dbname", "name", "my_wiki");
  if (kind === "sqlite") return { kind, name, file: sqliteFile(request, places, name), source };
  const server = text("wgDBserver", "host", "host", "db1.example.org");
  const port = Number(text("wgDBport", "port", "port", "5432")) || undefined;
  return {
    kind,
    name,
    ...(await serverAddress()),
    user: text("wgDBuser", "user", "user", "wikiuser"),
    password: () =>
      text("wgDBpassword", "password", "password", `{ file: /etc/backup-tools/${request.name}.password }`),
    tls: toBoolean(value("wgDBssl", "ssl") ?? false) === true ? { mode: "required" } : undefined,
    source,
  };

  async function serverAddress(): Promise<Partial<FoundDatabase>> {
    if (kind !== "postgresql") return await mysqlAddress(request.host, server ?? "localhost");
    const address = server === undefined ? {} : parseDatabaseAddress(server);
    return { ...address, port: address.port ?? port };
  }
}

function sqliteFile(
  { name: application, settings }: LocateRequest,
  { config, sqliteData }: Places,
  name: string | undefined,
): string | undefined {
  if (settings.database?.file !== undefined) return undefined;
  if (sqliteData !== undefined && name !== undefined) return join(sqliteData, `${name}.sqlite`);
  throw new OperationError("application-unreadable", `${config.path} sets no $wgSQLiteDataDir, or no $wgDBname`, {
    hint: `set \`applications.${application}.database\` to \`{ engine: sqlite, file: … }\``,
  });
}

/** Data that are in other databases or stores than the one that is dumped. */
export function elsewhereWarnings({ variables }: MediawikiDirectories["config"]): string[] {
  const stores: [string, string][] = [
    ["wgSharedDB", "tables that this wiki shares with another, such as those of its users,"],
    ["wgExternalServers", "texts of pages"],
    ["wgFileBackends", "uploaded files"],
    ["wgAWSBucketName", "uploaded files"],
  ];
  return stores.flatMap(([name, what]) =>
    toBoolean(variables.get(name) ?? false) === false
      ? []
      : [`$${name} keeps ${what} elsewhere: what is there is not part of this backup`],
  );
}
