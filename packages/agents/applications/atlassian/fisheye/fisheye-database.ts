import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { parseXml, type XmlElement } from "@catapullt/core/version/xml";
import { selectElements } from "@catapullt/core/version/xml-path";
import { describeJdbcDatabase } from "../../database/jdbc/found-database.ts";
import { parseJdbcUrl } from "../../database/jdbc/url.ts";
import type { FoundDatabase } from "../../database/settings.ts";
import type { Host } from "../../host.ts";
import { decodeStoredPassword } from "../password.ts";

/** The home's own configuration, relative to it. */
export const fisheyeConfigFile = "config.xml";

export interface FisheyeDatabaseOptions {
  home: string;
  install: string | undefined;
  /** The agent's key for the password, for messages: `applications.fisheye.database.password`. */
  passwordKey: string;
}

/** The database of `config.xml`; without any setting the product uses a database of its own. Throws `application-unreadable`. */
export async function findFisheyeDatabase(
  host: Host,
  { home, install, passwordKey }: FisheyeDatabaseOptions,
): Promise<FoundDatabase> {
  const file = join(home, fisheyeConfigFile);
  const root = parseXml((await host.readText(file)) ?? "<config/>", { file });
  const [database] = selectElements(root, "/*/database");
  const type = database?.attributes.type ?? "built-in";
  if (database === undefined || ["built-in", "hsqldb", "inbuilt"].includes(type.toLowerCase()))
    return { kind: "hsqldb", name: undefined, source: `no other database in ${file}` };
  const connection = attributesBelow(database);
  const parsed = parseJdbcUrl(connection.get("jdbcurl") ?? "");
  if (parsed === undefined) {
    throw new OperationError("application-unreadable", `${file} has no JDBC URL that is understood here`, {
      hint: `set \`${passwordKey.replace(/\.password$/, "")}\` in the agent's configuration: engine, host, name, user and password`,
    });
  }
  const found = describeJdbcDatabase(parsed, file);
  return {
    ...found,
    user: connection.get("username") || found.user,
    password() {
      const value = connection.get("password");
      if (value === undefined) return found.password?.();
      return decodeStoredPassword({ value, decoder: undefined, source: file, key: passwordKey, install });
    },
  };
}

// Of `<connection>`, whose attributes some releases spell otherwise: names without regard to case.
function attributesBelow(element: XmlElement): ReadonlyMap<string, string> {
  const own = element.children.flatMap(({ attributes }) => Object.entries(attributes));
  return new Map(own.map(([name, value]) => [name.toLowerCase(), value]));
}
