import { OperationError } from "@catapullt/core/errors";
import { describeJdbcDatabase } from "../database/jdbc/found-database.ts";
import { parsePort } from "../database/jdbc/text.ts";
import { parseJdbcUrl } from "../database/jdbc/url.ts";
import { passwordRemedy } from "../database/password-remedy.ts";
import type { FoundDatabase } from "../database/settings.ts";
import type { KeycloakSettings } from "./keycloak-settings.ts";
import { databaseHint, requireKnown, requireKnownPassword } from "./setting-value.ts";

const kinds: Record<string, string> = {
  postgres: "postgresql",
  postgresql: "postgresql",
  mssql: "sqlserver",
  "dev-file": "h2",
  "dev-mem": "h2",
  "h2-file": "h2",
  "h2-mem": "h2",
};

/**
 * The database of the options `db…`; without any Keycloak uses a database of its own. `key` is the agent's for it, for messages:
 * `applications.keycloak.database`. Throws `application-unreadable`.
 */
export function findKeycloakDatabase(settings: KeycloakSettings, key: string): FoundDatabase {
  const text = (option: string) => requireKnown(option, settings.read(option), key);
  const found = fromUrl() ?? fromParts();
  return {
    ...found,
    user: text("db-username") ?? found.user,
    password() {
      const password = settings.read("db-password");
      if (password !== undefined) return requireKnownPassword("db-password", password, key);
      const keystore = settings.read("config-keystore");
      if (keystore === undefined) return found.password?.();
      const message = `the database password is not in ${settings.file.path}: it may be in the keystore ${keystore.text} (config-keystore)`;
      throw new OperationError("password-unavailable", message, { hint: passwordRemedy(`${key}.password`) });
    },
  };

  function fromUrl(): FoundDatabase | undefined {
    const url = text("db-url");
    if (url === undefined) return undefined;
    const source = settings.read("db-url")?.source ?? settings.file.path;
    const parsed = parseJdbcUrl(url);
    if (parsed !== undefined) return describeJdbcDatabase(parsed, source);
    throw new OperationError("application-unreadable", `db-url (${source}) is no JDBC URL that is understood here`, {
      hint: databaseHint(key),
    });
  }

  function fromParts(): FoundDatabase {
    const vendor = text("db")?.toLowerCase();
    const host = text("db-url-host");
    const name = text("db-url-database");
    if (vendor === undefined && (host !== undefined || name !== undefined || !settings.hasFile)) {
      const message = settings.hasFile
        ? `nothing names the kind of Keycloak's database: it was given when Keycloak was built (kc.sh build --db=…)`
        : `nothing names Keycloak's database: ${settings.file.path} does not exist, and no variable KC_DB is known here`;
      throw new OperationError("application-unreadable", message, { hint: databaseHint(key) });
    }
    if (vendor === undefined) return { kind: "h2", name: undefined, source: `no db in ${settings.file.path}` };
    return {
      kind: kinds[vendor] ?? vendor,
      name: name ?? "keycloak",
      host: host ?? "localhost",
      port: parsePort(text("db-url-port")),
      source: settings.read("db")?.source ?? settings.file.path,
    };
  }
}
