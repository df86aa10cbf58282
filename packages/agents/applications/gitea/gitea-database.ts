import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { parseDatabaseAddress } from "../database/address.ts";
import type { FoundDatabase } from "../database/settings.ts";
import { readTlsMode } from "../database/tls-mode.ts";
import { below, type GiteaDirectories } from "./gitea-directories.ts";

const kinds: Record<string, string> = {
  mysql: "mysql",
  tidb: "mysql",
  postgres: "postgresql",
  postgresql: "postgresql",
  sqlite3: "sqlite",
  sqlite: "sqlite",
};

type Places = Pick<GiteaDirectories, "ini" | "configFile" | "workPath" | "dataPath">;

/** The database that app.ini's section `[database]` describes. */
export function findGiteaDatabase({ ini, configFile, workPath, dataPath }: Places): FoundDatabase {
  const source = configFile.path;
  const section = ini.get("database");
  const value = (key: string) => section?.get(key) || undefined;
  const type = value("DB_TYPE")?.toLowerCase();
  if (type === undefined) {
    throw new OperationError("application-unreadable", `${source} names no database: [database] has no DB_TYPE`, {
      hint: "finish Gitea's setup in the browser first",
    });
  }
  const kind = kinds[type] ?? type;
  if (kind === "sqlite") {
    const file = below(workPath.path, value("PATH") ?? join(dataPath, "gitea.db"));
    return { kind, name: undefined, file, source };
  }
  const mode = readTlsMode(value("SSL_MODE"));
  return {
    kind,
    name: value("NAME") ?? "gitea",
    ...parseDatabaseAddress(value("HOST") ?? "127.0.0.1"),
    user: value("USER"),
    password: () => section?.get("PASSWD"),
    tls: mode === undefined ? undefined : { mode },
    source,
  };
}
