import { OperationError } from "@catapullt/core/errors";
import { parseXml } from "@catapullt/core/version/xml";
import { selectElements, selectText } from "@catapullt/core/version/xml-path";
import { describeJdbcDatabase } from "../database/jdbc/found-database.ts";
import { parseJdbcUrl } from "../database/jdbc/url.ts";
import type { FoundDatabase } from "../database/settings.ts";
import type { Host } from "../host.ts";
import type { VersionReading } from "../version/readings.ts";
import { decodeStoredPassword } from "./password.ts";
import { expandPlaceholders } from "./placeholders.ts";
import { findDataSource } from "./tomcat-data-source.ts";

/** `confluence.cfg.xml`, `bamboo.cfg.xml` and `crowd.cfg.xml`: one format. */
export interface HibernateConfig {
  path: string;
  /** As in the file; undefined where there is none. */
  buildNumber: string | undefined;
  /** `complete` once the product is set up. */
  setupStep: string | undefined;
  /** Values are exact: blanks at their ends are part of a password. */
  properties: ReadonlyMap<string, string>;
}

/** Reads such a file. Throws `application-unreadable` for anything that is not well-formed. */
export async function readHibernateConfig(host: Host, path: string): Promise<HibernateConfig> {
  const text = await host.readText(path);
  if (text === undefined) throw new OperationError("application-not-found", `${path} does not exist`);
  const root = parseXml(text, { file: path });
  const properties = selectElements(root, "/*/properties/property");
  return {
    path,
    buildNumber: selectText(root, "/*/buildNumber") || undefined,
    setupStep: selectText(root, "/*/setupStep") || undefined,
    properties: new Map(properties.map(({ attributes, text: value }) => [attributes.name ?? "", value])),
  };
}

/** The build number as a reading of the version, read anew. */
export async function readBuildNumber(host: Host, path: string): Promise<VersionReading> {
  const { buildNumber } = await readHibernateConfig(host, path);
  return { source: "home build number", place: `buildNumber in ${path}`, value: buildNumber };
}

export interface HibernateDatabaseOptions {
  install: string | undefined;
  /** Values for placeholders such as `${confluenceHome}` in the URL. */
  placeholders: Readonly<Record<string, string>>;
  /** The agent's key for the password, for messages: `applications.confluence.database.password`. */
  passwordKey: string;
}

/** The database that such a file leads to, directly or through a data source of Tomcat's. Throws `application-unreadable`. */
export async function findHibernateDatabase(
  host: Host,
  config: HibernateConfig,
  { install, placeholders, passwordKey }: HibernateDatabaseOptions,
): Promise<FoundDatabase> {
  const { path, properties } = config;
  const overridden = {
    hint: `set \`${passwordKey.replace(/\.password$/, "")}\` in the agent's configuration: engine, host, name, user and password`,
  };
  const dataSource = properties.get("hibernate.connection.datasource")?.trim();
  const url = properties.get("hibernate.connection.url")?.trim();
  if (!url && dataSource) return findDataSource(host, dataSource, { install, passwordKey, config: path });
  if (!url) {
    const unfinished = config.setupStep !== undefined && config.setupStep !== "complete";
    const problem = unfinished ? `: its setup was never finished (step ${config.setupStep})` : "";
    throw new OperationError("application-unreadable", `${path} names no database${problem}`, overridden);
  }
  const parsed = parseJdbcUrl(expandPlaceholders(url, placeholders).text);
  if (parsed === undefined) {
    throw new OperationError(
      "application-unreadable",
      `hibernate.connection.url in ${path} is no JDBC URL that is understood here`,
      overridden,
    );
  }
  const found = describeJdbcDatabase(parsed, path);
  return {
    ...found,
    user: properties.get("hibernate.connection.username")?.trim() || found.user,
    password() {
      const value = properties.get("hibernate.connection.password");
      if (value === undefined) return found.password?.();
      const decoder = properties.get("jdbc.password.decrypter.classname")?.trim();
      return decodeStoredPassword({ value, decoder, source: path, key: passwordKey, install });
    },
  };
}
