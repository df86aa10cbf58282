import { join } from "node:path";
import { mysqlAddress } from "../configuration-files/php/mysql-address.ts";
import { type DatabaseSetting, knownText } from "../configuration-files/php/php-config.ts";
import { toText } from "../configuration-files/php/value.ts";
import type { FoundDatabase } from "../database/settings.ts";
import type { LocateRequest } from "../type.ts";
import type { WordpressDirectories } from "./wordpress-directories.ts";

const encryptedConnection = 2048; // MYSQLI_CLIENT_SSL

type Places = Pick<WordpressDirectories, "config" | "content">;

/** The database of wp-config.php; SQLite where its plugin has put `db.php` into the content. */
export async function findWordpressDatabase(
  request: LocateRequest,
  { config, content }: Places,
): Promise<FoundDatabase> {
  const { host } = request;
  const source = config.path;
  const text = (setting: string, key: DatabaseSetting["key"], example?: string) =>
    knownText(request, config.constants.get(setting), { setting, key, example });
  const dropIn = (await host.readText(join(content, "db.php"))) ?? "";
  if (/sqlite/i.test(dropIn) && text("DB_ENGINE", "engine") !== "mysql") {
    const directory = text("DB_DIR", "file") || join(content, "database");
    const file = text("FQDB", "file") || join(directory, text("DB_FILE", "file") || ".ht.sqlite");
    return { kind: "sqlite", name: "wordpress", file, source };
  }
  const flags = Number(toText(config.constants.get("MYSQL_CLIENT_FLAGS") ?? 0) ?? 0);
  return {
    kind: "mysql",
    name: text("DB_NAME", "name", "wordpress"),
    ...(await mysqlAddress(host, text("DB_HOST", "host", "db1.example.org") ?? "localhost")),
    user: text("DB_USER", "user", "wordpress"),
    password: () => text("DB_PASSWORD", "password", `{ file: /etc/backup-tools/${request.name}.password }`),
    tls: (flags & encryptedConnection) === 0 ? undefined : { mode: "required" },
    source,
  };
}
