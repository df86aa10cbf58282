import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { parseXml, type XmlElement } from "@catapullt/core/version/xml";
import { selectElements } from "@catapullt/core/version/xml-path";
import { describeJdbcDatabase } from "../../database/jdbc/found-database.ts";
import { parseJdbcUrl } from "../../database/jdbc/url.ts";
import type { FoundDatabase } from "../../database/settings.ts";
import type { Host } from "../../host.ts";
import { decodeStoredPassword } from "../password.ts";
import { findDataSource } from "../tomcat-data-source.ts";

export interface JiraDatabaseOptions {
  home: string;
  install: string | undefined;
  /** The agent's key for the password, for messages: `applications.jira.database.password`. */
  passwordKey: string;
}

/** Where the program files of old releases name the database: before 4.4, Jira had no `dbconfig.xml`. */
const entityEngines = ["atlassian-jira/WEB-INF/classes/entityengine.xml", "webapp/WEB-INF/classes/entityengine.xml"];

/** The database of `dbconfig.xml`, or of `entityengine.xml`; directly or through a data source of Tomcat's. */
export async function findJiraDatabase(host: Host, options: JiraDatabaseOptions): Promise<FoundDatabase> {
  const current = await readDocument(host, join(options.home, "dbconfig.xml"));
  if (current !== undefined) return await readDbconfig(host, current, options);
  for (const name of options.install === undefined ? [] : entityEngines) {
    const old = await readDocument(host, join(options.install ?? "", name));
    if (old !== undefined) return await readEntityEngine(host, old, options);
  }
  throw unreadable(`${options.home} has no dbconfig.xml: was the setup of this Jira ever finished?`, options);
}

interface Document {
  file: string;
  root: XmlElement;
}

async function readDocument(host: Host, file: string): Promise<Document | undefined> {
  const text = await host.readText(file);
  return text === undefined ? undefined : { file, root: parseXml(text, { file }) };
}

function readDbconfig(host: Host, { file, root }: Document, options: JiraDatabaseOptions): Promise<FoundDatabase> {
  const [datasource] = selectElements(root, "/*/jdbc-datasource");
  const value = (name: string) => datasource?.children.find((child) => child.name === name)?.text;
  if (datasource !== undefined) {
    const connection = {
      url: value("url"),
      user: value("username"),
      password: value("password"),
      decoder: value("atlassian-password-cipher-provider")?.trim(),
    };
    return Promise.resolve(describeConnection(connection, file, options));
  }
  const [jndi] = selectElements(root, "/*/jndi-datasource/jndi-name");
  if (jndi === undefined) throw unreadable(`${file} names no database`, options);
  return findDataSource(host, jndi.text.trim(), { ...options, config: file });
}

// <datasource name="defaultDS"> with <jndi-jdbc jndi-name="…"/> or <inline-jdbc jdbc-uri="…" …/>
function readEntityEngine(host: Host, { file, root }: Document, options: JiraDatabaseOptions): Promise<FoundDatabase> {
  const [inline] = selectElements(root, "//inline-jdbc");
  const [jndi] = selectElements(root, "//jndi-jdbc");
  if (jndi?.attributes["jndi-name"] !== undefined)
    return findDataSource(host, jndi.attributes["jndi-name"], { ...options, config: file });
  if (inline === undefined) throw unreadable(`${file} names no database`, options);
  const { "jdbc-uri": url, "jdbc-username": user, "jdbc-password": password } = inline.attributes;
  return Promise.resolve(describeConnection({ url, user, password, decoder: undefined }, file, options));
}

interface Connection {
  url: string | undefined;
  user: string | undefined;
  password: string | undefined;
  decoder: string | undefined;
}

function describeConnection(
  { url, user, password, decoder }: Connection,
  source: string,
  options: JiraDatabaseOptions,
): FoundDatabase {
  const parsed = parseJdbcUrl(url ?? "");
  if (parsed === undefined) throw unreadable(`${source} has no JDBC URL that is understood here`, options);
  const found = describeJdbcDatabase(parsed, source);
  return {
    ...found,
    user: user?.trim() || found.user,
    password() {
      if (password === undefined) return found.password?.();
      const { passwordKey: key, install } = options;
      return decodeStoredPassword({ value: password, decoder, source, key, install });
    },
  };
}

function unreadable(message: string, { passwordKey }: JiraDatabaseOptions): OperationError {
  return new OperationError("application-unreadable", message, {
    hint: `set \`${passwordKey.replace(/\.password$/, "")}\` in the agent's configuration: engine, host, name, user and password`,
  });
}
