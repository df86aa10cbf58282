import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import type { FoundDatabase } from "../database/settings.ts";
import { parseDatabaseUrl, parseLibpqWords } from "../database/url.ts";
import type { Host } from "../host.ts";
import { fromWorkingDirectory, type VaultwardenDirectories } from "./vaultwarden-directories.ts";

/**
 * The database of `DATABASE_URL`: a server's URL, or else the path of a SQLite file, which is in the data folder by default.
 * Throws `application-unreadable`.
 */
export async function findVaultwardenDatabase(
  host: Host,
  directories: VaultwardenDirectories,
  key: string,
): Promise<FoundDatabase> {
  const { databaseUrl, data } = directories;
  if (databaseUrl === undefined) {
    const file = data === undefined ? undefined : join(data.path, "db.sqlite3");
    if (file !== undefined && (await host.kind(file)) === "file")
      return { kind: "sqlite", name: undefined, file, source: "the data folder" };
    throw new OperationError(
      "application-unreadable",
      `no DATABASE_URL was found, and ${file === undefined ? "no data folder" : `there is no ${file}`}`,
      {
        hint: `set \`${key.replace(/database$/, "configFile")}\` to the file with Vaultwarden's variables, or \`${key}\` in the agent's configuration`,
      },
    );
  }
  const { text, source } = databaseUrl;
  const isServer = /^[a-z]+:\/\//i.test(text);
  const found = isServer || /^sqlite:/i.test(text) ? parseDatabaseUrl(text, source) : parseLibpqWords(text, source);
  if (found?.file !== undefined) return { ...found, file: fromWorkingDirectory(directories, found.file) };
  if (found !== undefined) return found;
  if (!isServer && !/^\w+:|=/.test(text))
    return { kind: "sqlite", name: undefined, file: fromWorkingDirectory(directories, text), source };
  throw new OperationError("application-unreadable", `${source} is no database's URL that is understood here`, {
    hint: `set \`${key}\` in the agent's configuration: engine, host, name, user and password`,
  });
}
