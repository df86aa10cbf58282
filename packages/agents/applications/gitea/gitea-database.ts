import { isAbsolute, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import type { DatabaseSettings } from "../../databases/engine.ts";
import type { FoundDatabase } from "../database-settings.ts";
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
  return {
    kind,
    name: value("NAME") ?? "gitea",
    ...parseHost(value("HOST") ?? "127.0.0.1"),
    user: value("USER"),
    password: () => section?.get("PASSWD"),
    tls: readTls(value("SSL_MODE")),
    source,
  };
}

// `host`, `host:port`, `[::1]:port`, `/run/mysqld/mysqld.sock`; for PostgreSQL a socket's directory, and its port if given.
function parseHost(text: string): Pick<FoundDatabase, "host" | "port" | "socket"> {
  if (isAbsolute(text)) {
    const [, socket = text, socketPort] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
    return { socket, port: socketPort === undefined ? undefined : Number(socketPort) };
  }
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return { host: bracketed ?? plain ?? text, port: port === undefined ? undefined : Number(port) };
}

const tlsModes: Record<string, NonNullable<DatabaseSettings["tls"]>["mode"]> = {
  disable: "disabled",
  prefer: "preferred",
  "skip-verify": "required",
  require: "required",
  true: "verify-identity",
  "verify-ca": "verify-ca",
  "verify-full": "verify-identity",
};

function readTls(mode: string | undefined): DatabaseSettings["tls"] {
  const known = tlsModes[mode?.toLowerCase() ?? ""];
  return known === undefined ? undefined : { mode: known };
}
