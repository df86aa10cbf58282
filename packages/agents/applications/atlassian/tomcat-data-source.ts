import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { parseXml, type XmlElement } from "@catapullt/core/version/xml";
import { selectElements } from "@catapullt/core/version/xml-path";
import { describeJdbcDatabase } from "../database/jdbc/found-database.ts";
import { parseJdbcUrl } from "../database/jdbc/url.ts";
import type { FoundDatabase } from "../database/settings.ts";
import type { Host } from "../host.ts";
import { decodeStoredPassword } from "./password.ts";

export interface DataSourceOptions {
  install: string | undefined;
  /** The agent's key for the password, for messages. */
  passwordKey: string;
  /** The file that names the data source, for messages. */
  config: string;
}

// Factories that take the password as it stands; any other one may decrypt it.
const plainFactories = [
  "org.apache.tomcat.jdbc.pool.DataSourceFactory",
  "org.apache.tomcat.dbcp.dbcp.BasicDataSourceFactory",
  "org.apache.tomcat.dbcp.dbcp2.BasicDataSourceFactory",
  "org.apache.commons.dbcp.BasicDataSourceFactory",
  "org.apache.commons.dbcp2.BasicDataSourceFactory",
  "com.zaxxer.hikari.HikariJNDIFactory",
];

/** The database behind a JNDI name (`java:comp/env/jdbc/confluence`), as Tomcat's own files define it. */
export async function findDataSource(
  host: Host,
  jndiName: string,
  { install, passwordKey, config }: DataSourceOptions,
): Promise<FoundDatabase> {
  const name = jndiName.replace(/^java:(?:comp\/env\/)?/, "").replace(/^\/+/, "");
  const files = install === undefined ? [] : await contextFiles(host, install);
  const resource = await findResource(host, files, name);
  const hint = `set \`${passwordKey.replace(/\.password$/, "")}\` in the agent's configuration: engine, host, name, user and password`;
  if (resource === undefined) {
    const places = files.length === 0 ? "the program files were not found" : `looked at ${files.join(", ")}`;
    throw new OperationError(
      "application-unreadable",
      `the data source ${jndiName} that ${config} names is not defined: ${places}`,
      { hint },
    );
  }
  const { attributes, file } = resource;
  const parsed = parseJdbcUrl(attributes.url ?? attributes.jdbcUrl ?? "");
  if (parsed === undefined) {
    throw new OperationError(
      "application-unreadable",
      `the resource ${name} in ${file} has no JDBC URL that is understood here`,
      { hint },
    );
  }
  const found = describeJdbcDatabase(parsed, file);
  return {
    ...found,
    user: attributes.username ?? attributes.user ?? found.user,
    password() {
      const value = attributes.password;
      if (value === undefined) return found.password?.();
      const isPlain = attributes.factory === undefined || plainFactories.includes(attributes.factory);
      const decoder = isPlain ? placeholderDecoder(value) : attributes.factory;
      return decodeStoredPassword({ value, decoder, source: file, key: passwordKey, install });
    },
  };
}

// Tomcat replaces ${…} in its files from Java properties, which only the running process knows.
function placeholderDecoder(value: string): string | undefined {
  return /\$\{[^}]+\}/.test(value) && !value.includes("{ATL_SECURED}") ? `Tomcat's property ${value}` : undefined;
}

async function contextFiles(host: Host, install: string): Promise<string[]> {
  const localhost = join(install, "conf/Catalina/localhost");
  const contexts = ((await host.list(localhost)) ?? []).filter((name) => name.endsWith(".xml"));
  const candidates = [
    join(install, "conf/server.xml"),
    ...contexts.map((name) => join(localhost, name)),
    join(install, "conf/context.xml"),
  ];
  const existing: string[] = [];
  for (const file of candidates) if ((await host.kind(file)) === "file") existing.push(file);
  return existing;
}

interface Resource {
  file: string;
  attributes: XmlElement["attributes"];
}

// A ResourceLink leads from the web application's name to a global one.
async function findResource(host: Host, files: readonly string[], name: string): Promise<Resource | undefined> {
  const documents: { file: string; root: XmlElement }[] = [];
  for (const file of files) documents.push({ file, root: parseXml((await host.readText(file)) ?? "", { file }) });
  const select = (element: string, wanted: string): Resource[] =>
    documents.flatMap(({ file, root }) =>
      selectElements(root, `//${element}`)
        .filter(({ attributes }) => attributes.name === wanted)
        .map(({ attributes }) => ({ file, attributes })),
    );
  const [direct] = select("Resource", name);
  if (direct !== undefined) return direct;
  const [link] = select("ResourceLink", name);
  return link?.attributes.global === undefined ? undefined : select("Resource", link.attributes.global)[0];
}
