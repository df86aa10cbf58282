import { parseMysqlLocation } from "./mysql-location.ts";
import { decodePercent, parseParameters, parsePort } from "./text.ts";

export type JdbcDatabaseKind = "mysql" | "mariadb" | "postgresql" | "sqlserver" | "oracle" | "h2" | "hsqldb" | "derby";

export interface JdbcHost {
  host: string;
  port: number | undefined;
}

/** What a JDBC URL says; everything percent-decoded. */
export interface JdbcUrl {
  kind: JdbcDatabaseKind;
  /** The first host is the one to dump from; empty for embedded databases. */
  hosts: readonly JdbcHost[];
  /** A unix socket, where the URL names one. */
  socket: string | undefined;
  /** True when the host is a DNS service name (`jdbc:mysql+srv:`), from which the driver looks up the real hosts. */
  isServiceName: boolean;
  /** The database, its service or SID (Oracle); undefined where the URL leaves it out. */
  database: string | undefined;
  /** The file of an embedded database, as in the URL. */
  file: string | undefined;
  user: string | undefined;
  password: string | undefined;
  /** Options of the driver, names as they are spelled. */
  parameters: ReadonlyMap<string, string>;
}

const nothing: Omit<JdbcUrl, "kind"> = {
  hosts: [],
  socket: undefined,
  isServiceName: false,
  database: undefined,
  file: undefined,
  user: undefined,
  password: undefined,
  parameters: new Map(),
};

/** Parses a JDBC URL of the forms that applications write; undefined for any other. Never throws. */
export function parseJdbcUrl(text: string): JdbcUrl | undefined {
  const url = text.trim();
  const [, scheme = "", rest = ""] = /^jdbc:([a-z0-9+]+):(.*)$/is.exec(url) ?? [];
  switch (scheme.toLowerCase()) {
    case "mysql":
    case "mysql+srv":
    case "mariadb":
      return parseMysql(scheme.toLowerCase(), rest);
    case "postgresql":
      return parsePostgresql(rest);
    case "sqlserver":
      return parseSqlServer(rest);
    case "jtds":
      return parseJtds(rest);
    case "oracle":
      return parseOracle(rest);
    case "h2":
      return parseEmbedded("h2", rest);
    case "hsqldb":
      return parseEmbedded("hsqldb", rest);
    case "derby":
      return parseEmbedded("derby", rest);
    default:
      return undefined;
  }
}

function parseMysql(scheme: string, rest: string): JdbcUrl | undefined {
  const location = /^(?:[a-z-]+:)*\/\/(.*)$/is.exec(rest)?.[1];
  const parsed = location === undefined ? undefined : parseMysqlLocation(location);
  if (parsed === undefined) return undefined;
  const { hosts, path, query } = parsed;
  const first = hosts[0];
  const parameters = parseParameters(query, "&");
  const socket = first?.socket ?? parameters.get("localSocket") ?? parameters.get("junixsocket.file");
  return {
    ...nothing,
    kind: scheme === "mariadb" ? "mariadb" : "mysql",
    hosts: hosts.map(({ host, port }) => ({ host, port })),
    socket,
    isServiceName: scheme === "mysql+srv",
    database: nonEmpty(decodePercent(path)),
    user: first?.user ?? parameters.get("user"),
    password: first?.password ?? parameters.get("password"),
    parameters,
  };
}

// jdbc:postgresql://h1:5432,h2/db?k=v, jdbc:postgresql:db, jdbc:postgresql:/, jdbc:postgresql://h/
function parsePostgresql(rest: string): JdbcUrl | undefined {
  const [, authority, path = "", query = ""] = /^(?:\/\/([^/?]*))?\/?([^?]*)(?:\?(.*))?$/s.exec(rest) ?? [];
  const hosts = (authority ?? "").split(",").map(parseHost);
  const parameters = parseParameters(query, "&");
  const known = hosts.filter((host) => host !== undefined);
  if (known.length !== hosts.length) return undefined;
  return {
    ...nothing,
    kind: "postgresql",
    hosts: known,
    database: nonEmpty(decodePercent(path)),
    user: parameters.get("user"),
    password: parameters.get("password"),
    parameters,
  };
}

// jdbc:sqlserver://host\INSTANCE:1433;databaseName=jira;encrypt=true
function parseSqlServer(rest: string): JdbcUrl | undefined {
  const [, server = "", options = ""] = /^\/\/([^;]*)(?:;(.*))?$/s.exec(rest) ?? [];
  const parameters = parseParameters(options, ";");
  const [host = "", port] = server.replace(/\\[^:]*/, "").split(":");
  return {
    ...nothing,
    kind: "sqlserver",
    hosts: [{ host: host || parameters.get("serverName") || "localhost", port: parsePort(port) }],
    database: parameters.get("databaseName") ?? parameters.get("database"),
    user: parameters.get("user") ?? parameters.get("userName"),
    password: parameters.get("password"),
    parameters,
  };
}

// jdbc:jtds:sqlserver://host:1433/db;instance=X
function parseJtds(rest: string): JdbcUrl | undefined {
  const [match, host = "", port, database, options = ""] =
    /^sqlserver:\/\/([^:/;]*)(?::(\d+))?(?:\/([^;]*))?(?:;(.*))?$/is.exec(rest) ?? [];
  if (match === undefined) return undefined;
  const parameters = parseParameters(options, ";");
  return {
    ...nothing,
    kind: "sqlserver",
    hosts: [{ host, port: parsePort(port) }],
    database: nonEmpty(database ?? ""),
    parameters,
  };
}

// jdbc:oracle:thin:[user/password]@h:1521:SID, @//h:1521/service, @(DESCRIPTION=…)
function parseOracle(rest: string): JdbcUrl {
  const address = rest.slice(rest.lastIndexOf("@") + 1);
  const described = /^\(/.test(address);
  const host = described ? /HOST\s*=\s*([^)\s]+)/i.exec(address)?.[1] : /^(?:\/\/)?([^:/]+)/.exec(address)?.[1];
  const port = described ? /PORT\s*=\s*(\d+)/i.exec(address)?.[1] : /:(\d+)/.exec(address)?.[1];
  const database = described
    ? /(?:SERVICE_NAME|SID)\s*=\s*([^)\s]+)/i.exec(address)?.[1]
    : /[:/]([^:/?]+)(?:\?.*)?$/.exec(address)?.[1];
  return { ...nothing, kind: "oracle", hosts: host === undefined ? [] : [{ host, port: parsePort(port) }], database };
}

// jdbc:h2:file:/path/db;OPTION=…, jdbc:h2:tcp://…, jdbc:hsqldb:/path/db, jdbc:hsqldb:file:/path/db, jdbc:hsqldb:hsql://…, jdbc:derby:/path/db
function parseEmbedded(kind: "h2" | "hsqldb" | "derby", rest: string): JdbcUrl {
  const [location = "", ...options] = rest.split(";");
  const isServer = /^(?:(?:tcp|ssl|hsqls?|https?):|\/\/)/i.test(location);
  return {
    ...nothing,
    kind,
    file: isServer ? undefined : location.replace(/^file:/i, ""),
    parameters: parseParameters(options.join(";"), ";"),
  };
}

function parseHost(text: string): JdbcHost | undefined {
  const [match, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(text.trim()) ?? [];
  if (match === undefined) return undefined;
  return { host: decodePercent(bracketed ?? plain ?? "") || "localhost", port: parsePort(port) };
}

function nonEmpty(text: string): string | undefined {
  return text === "" ? undefined : text;
}
