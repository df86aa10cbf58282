import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { parseProperties } from "@catapullt/core/version/properties";
import { describeJdbcDatabase } from "../database/jdbc/found-database.ts";
import { parseJdbcUrl } from "../database/jdbc/url.ts";
import { passwordRemedy } from "../database/password-remedy.ts";
import type { FoundDatabase } from "../database/settings.ts";
import type { Host } from "../host.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import { type ServiceVariable, serviceVariable } from "../service/variable.ts";

export interface TeamcityDatabaseOptions {
  home: string;
  unit: ServiceUnit | undefined;
  /** The agent's key for the database, for messages: `applications.teamcity.database`. */
  key: string;
}

/** The database of `database.properties` or of variables; without either TeamCity uses a database of its own. Throws `application-unreadable`. */
export async function findTeamcityDatabase(
  host: Host,
  { home, unit, key }: TeamcityDatabaseOptions,
): Promise<FoundDatabase> {
  const file = join(home, "config/database.properties");
  const properties = parseProperties((await host.readText(file)) ?? "");
  const read = (property: string, variable: string): ServiceVariable | undefined => {
    const value = properties.get(property);
    return serviceVariable(host, unit, variable) ?? (value ? { value, source: file } : undefined);
  };
  const url = read("connectionUrl", "TEAMCITY_DB_URL");
  if (url === undefined) return { kind: "hsqldb", name: undefined, source: `no connectionUrl in ${file}` };
  const parsed = parseJdbcUrl(url.value);
  if (parsed === undefined) {
    throw new OperationError(
      "application-unreadable",
      `connectionUrl (${url.source}) is no JDBC URL that is understood here`,
      { hint: `set \`${key}\` in the agent's configuration: engine, host, name, user and password` },
    );
  }
  const found = describeJdbcDatabase(parsed, url.source);
  return {
    ...found,
    user: read("connectionProperties.user", "TEAMCITY_DB_USER")?.value ?? found.user,
    password() {
      const password = read("connectionProperties.password", "TEAMCITY_DB_PASSWORD");
      if (password === undefined) return found.password?.();
      if (!isScrambled(password.value)) return password.value;
      throw new OperationError("password-unavailable", `the database password is scrambled (${password.source})`, {
        hint: passwordRemedy(`${key}.password`),
      });
    },
  };
}

// `zxx` and hexadecimal digits: what TeamCity makes of secrets that it writes itself; a reference to its store of credentials.
function isScrambled(value: string): boolean {
  return /^(?:zxx[0-9a-f]{16,}|scrambled:.*|credentialsJSON:.*)$/.test(value);
}
