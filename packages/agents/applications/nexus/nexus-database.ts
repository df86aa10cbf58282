import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { describeJdbcDatabase } from "../database/jdbc/found-database.ts";
import { parseJdbcUrl } from "../database/jdbc/url.ts";
import type { FoundDatabase } from "../database/settings.ts";
import type { Host } from "../host.ts";
import type { NexusPlaces } from "./nexus-directories.ts";
import { taskNames } from "./nexus-exports.ts";

export interface NexusDatabaseOptions {
  /** The application's name, for messages. */
  name: string;
  /** Where an export was looked for. */
  exports: string;
}

/** The built-in database that is in use; undefined where the settings name a server. */
export async function findBuiltInDatabase(host: Host, places: NexusPlaces): Promise<"h2" | "orientdb" | undefined> {
  const url = readUrl(places);
  if (url !== undefined) return /^jdbc:h2:/i.test(url.value) ? "h2" : undefined;
  const hasOrient = (await host.kind(join(places.home.path, "db/component"))) === "directory";
  const hasH2 = (await host.kind(join(places.home.path, "db/nexus.mv.db"))) === "file";
  return hasOrient && !hasH2 ? "orientdb" : "h2";
}

/** The database that the settings name, or the built-in one, which cannot be dumped. Throws `application-unreadable`. */
export async function findNexusDatabase(
  host: Host,
  places: NexusPlaces,
  { name, exports }: NexusDatabaseOptions,
): Promise<FoundDatabase> {
  const builtIn = await findBuiltInDatabase(host, places);
  const url = readUrl(places);
  if (builtIn !== undefined || url === undefined) {
    const kind = builtIn ?? "h2";
    return {
      kind,
      name: undefined,
      source: url?.source ?? `no other database in ${join(places.home.path, "etc")}`,
      remedy: `make a task '${taskNames[kind]}' in Nexus that runs before each backup, with the location ${exports} (or set \`applications.${name}.exports\` to where it writes): its newest export is then saved; or move Nexus to PostgreSQL`,
    };
  }
  const parsed = parseJdbcUrl(url.value);
  if (parsed === undefined) {
    throw new OperationError("application-unreadable", `${url.source} has no JDBC URL that is understood here`, {
      hint: `set \`applications.${name}.database\` in the agent's configuration: engine, host, name, user and password`,
    });
  }
  const found = describeJdbcDatabase(parsed, url.source);
  return {
    ...found,
    user: readSetting(places, "username")?.value ?? found.user,
    password: () => readSetting(places, "password")?.value ?? found.password?.(),
  };
}

const readUrl = (places: NexusPlaces) => readSetting(places, "jdbcUrl");

function readSetting({ read }: NexusPlaces, name: "jdbcUrl" | "username" | "password") {
  return read({
    variable: `NEXUS_DATASTORE_NEXUS_${name.toUpperCase()}`,
    property: `nexus.datastore.nexus.${name}`,
    storeProperty: name,
  });
}
