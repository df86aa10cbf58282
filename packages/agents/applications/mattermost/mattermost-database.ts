import { OperationError } from "@catapullt/core/errors";
import type { FoundDatabase } from "../database/settings.ts";
import { databaseKind, parseDatabaseUrl, parseLibpqWords } from "../database/url.ts";
import { parseGoMysqlDsn } from "./go-mysql-dsn.ts";
import type { MattermostDirectories } from "./mattermost-directories.ts";

/**
 * The database of `SqlSettings`, or the one that the configuration itself is in. Throws `application-unreadable`, and
 * `password-unavailable` where the data source is masked.
 */
export function findMattermostDatabase(
  { setting, configDatabase, configFile }: Pick<MattermostDirectories, "setting" | "configDatabase" | "configFile">,
  key: string,
): FoundDatabase {
  const named = setting("SqlSettings", "DataSource") ?? configDatabase;
  const remedy = `set \`${key}\` in the agent's configuration: engine, host, name, user and password`;
  if (named === undefined) {
    throw new OperationError(
      "application-unreadable",
      `${configFile?.path} names no database: SqlSettings has no DataSource`,
      {
        hint: `${remedy}; or set \`MM_SQLSETTINGS_DATASOURCE\` in the service's unit`,
      },
    );
  }
  const { text, source } = named;
  if (/^\*+$/.test(text)) {
    throw new OperationError("password-unavailable", `${source} is masked: ${text}`, { hint: remedy });
  }
  const scheme = /^([a-z0-9]+):\/\//i.exec(text)?.[1];
  const kind = databaseKind(setting("SqlSettings", "DriverName")?.text ?? scheme ?? "postgres");
  const found =
    kind === "mysql"
      ? parseGoMysqlDsn(text.replace(/^mysql:\/\//i, ""), source)
      : (parseDatabaseUrl(text, source) ?? parseLibpqWords(text, source));
  if (found !== undefined) return found;
  throw new OperationError("application-unreadable", `${source} is no data source that is understood here`, {
    hint: remedy,
  });
}
