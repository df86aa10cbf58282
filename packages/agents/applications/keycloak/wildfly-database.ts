import { OperationError } from "@catapullt/core/errors";
import { parseXml, type XmlElement } from "@catapullt/core/version/xml";
import { selectElements } from "@catapullt/core/version/xml-path";
import { describeJdbcDatabase } from "../database/jdbc/found-database.ts";
import { parseJdbcUrl } from "../database/jdbc/url.ts";
import { passwordRemedy } from "../database/password-remedy.ts";
import type { FoundDatabase } from "../database/settings.ts";
import type { Host } from "../host.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import { serviceVariable } from "../service/variable.ts";
import { databaseHint, expandValue, requireKnown, requireKnownPassword, type SettingValue } from "./setting-value.ts";

export interface WildflyDatabaseOptions {
  /** `standalone.xml` or its like. */
  file: string;
  unit: ServiceUnit | undefined;
  /** The agent's key for the database, for messages. */
  key: string;
}

/** The data source KeycloakDS of a Keycloak before 17, in the configuration of its WildFly. Throws `application-unreadable`. */
export async function findWildflyDatabase(
  host: Host,
  { file, unit, key }: WildflyDatabaseOptions,
): Promise<FoundDatabase> {
  const text = await host.readText(file);
  const source = text === undefined ? undefined : findDataSource(parseXml(text, { file }));
  if (source === undefined) {
    const problem = text === undefined ? "does not exist" : "has no data source KeycloakDS";
    throw new OperationError("application-unreadable", `${file} ${problem}`, { hint: databaseHint(key) });
  }
  const url = requireKnown("connection-url", read(textOf(source, "connection-url")), key);
  const parsed = parseJdbcUrl(url ?? "");
  if (parsed === undefined) {
    throw new OperationError(
      "application-unreadable",
      `the connection-url of KeycloakDS in ${file} is no JDBC URL that is understood here`,
      { hint: databaseHint(key) },
    );
  }
  const found = describeJdbcDatabase(parsed, file);
  return {
    ...found,
    user: requireKnown("user-name", read(credential(source, "user-name")), key) ?? found.user,
    password() {
      const password = read(credential(source, "password"));
      if (password !== undefined && !password.text.startsWith("${VAULT::"))
        return requireKnownPassword("password of KeycloakDS", password, key);
      if (password === undefined && found.password?.() !== undefined) return found.password();
      throw new OperationError(
        "password-unavailable",
        `the password of KeycloakDS is not in ${file}, but in a vault or credential store`,
        {
          hint: passwordRemedy(`${key}.password`),
        },
      );
    },
  };

  function read(value: string | undefined): SettingValue | undefined {
    if (!value) return undefined;
    if (value.startsWith("${VAULT::")) return { text: value, source: file, unknown: [] };
    return expandValue(
      { text: value, source: file },
      (name) => serviceVariable(host, unit, name.replace(/^env\./, ""))?.value,
    );
  }
}

function findDataSource(root: XmlElement): XmlElement | undefined {
  return ["datasource", "xa-datasource"]
    .flatMap((element) => selectElements(root, `//${element}`))
    .find(({ attributes }) => attributes["jndi-name"]?.endsWith("/KeycloakDS") === true);
}

// Elements in older releases, attributes of `<security>` in newer ones.
function credential(source: XmlElement, name: string): string | undefined {
  const [security] = selectElements(source, "//security");
  return security === undefined ? undefined : (security.attributes[name] ?? textOf(security, name));
}

function textOf(element: XmlElement, name: string): string | undefined {
  return selectElements(element, `//${name}`)[0]?.text.trim() || undefined;
}
