import { OperationError } from "@catapullt/core/errors";
import { describeJdbcDatabase } from "../database/jdbc/found-database.ts";
import { parseJdbcUrl } from "../database/jdbc/url.ts";
import { passwordRemedy } from "../database/password-remedy.ts";
import type { FoundDatabase } from "../database/settings.ts";
import type { SonarqubeSettings, SonarqubeValue } from "./sonarqube-settings.ts";

/**
 * The database of `sonar.jdbc.*`; without a URL SonarQube uses a database of its own. `key` is the agent's for it, for messages:
 * `applications.sonarqube.database`. Throws `application-unreadable`.
 */
export function findSonarqubeDatabase(settings: SonarqubeSettings, key: string): FoundDatabase {
  const hint = `set \`${key}\` in the agent's configuration: engine, host, name, user and password`;
  const url = settings.read("sonar.jdbc.url");
  if (url === undefined && !settings.hasFile) {
    const message = `nothing names SonarQube's database: ${settings.path} does not exist, and no variable SONAR_JDBC_URL is known here`;
    throw new OperationError("application-unreadable", message, { hint });
  }
  if (url === undefined) return { kind: "h2", name: undefined, source: `no sonar.jdbc.url in ${settings.path}` };
  const parsed = parseJdbcUrl(readable("sonar.jdbc.url", url, hint));
  if (parsed === undefined) {
    throw new OperationError(
      "application-unreadable",
      `sonar.jdbc.url (${url.source}) is no JDBC URL that is understood here`,
      { hint },
    );
  }
  const found = describeJdbcDatabase(parsed, url.source);
  const user = settings.read("sonar.jdbc.username");
  return {
    ...found,
    user: user === undefined ? found.user : readable("sonar.jdbc.username", user, hint),
    password() {
      const password = settings.read("sonar.jdbc.password");
      return password === undefined ? found.password?.() : readPassword(password, `${key}.password`);
    },
  };
}

function readable(name: string, value: SonarqubeValue, hint: string): string {
  const problem = describeProblem(name, value);
  if (problem !== undefined) throw new OperationError("application-unreadable", problem, { hint });
  return decodeBase64(value.text);
}

function readPassword(value: SonarqubeValue, key: string): string {
  const problem = describeProblem("sonar.jdbc.password", value);
  if (problem !== undefined) throw new OperationError("password-unavailable", problem, { hint: passwordRemedy(key) });
  return decodeBase64(value.text);
}

function describeProblem(name: string, { text, source, unknown }: SonarqubeValue): string | undefined {
  const [cipher] = /^\{aes(?:-[a-z]+)?\}/i.exec(text) ?? [];
  if (cipher !== undefined) return `${name} (${source}) is encrypted (${cipher})`;
  if (unknown.length === 0) return undefined;
  return `${name} (${source}) refers to the variable ${unknown.join(", ")}, whose value is not known here`;
}

function decodeBase64(text: string): string {
  const encoded = /^\{b64\}(.*)$/i.exec(text)?.[1];
  return encoded === undefined ? text : Buffer.from(encoded, "base64").toString("utf8");
}
