import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { redact } from "@catapullt/core/log/redaction";
import { confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import {
  configFile,
  confluenceHost,
  install,
  locateConfluence,
  writeConfluenceProperties,
} from "../../../test/confluence-host.ts";
import type { Host } from "../../host.ts";

async function locateDatabase(host: Host, keys: object = {}) {
  return (await locateConfluence(host, keys)).databases[0];
}

describe("confluence reads its database settings", () => {
  const mysql = {
    engine: "mysql",
    name: "confluence",
    host: "db1.example.org",
    port: 3306,
    user: "confluence",
    password: "s3cr&t<x",
    skip: [],
  };

  it.each<[string, Record<string, string>, object]>([
    ["plain", confluenceDatabaseProperties(), mysql],
    [
      "Base64, old class",
      {
        ...confluenceDatabaseProperties({ password: "c2VjcmV0" }),
        "jdbc.password.decrypter.classname": "com.atlassian.db.config.password.ciphers.base64.Base64Cipher",
      },
      { ...mysql, password: "secret" },
    ],
    [
      "Base64, new class",
      {
        ...confluenceDatabaseProperties({ password: "cGFzc3dvcmQ=" }),
        "jdbc.password.decrypter.classname": "com.atlassian.secrets.store.base64.Base64SecretStore",
      },
      { ...mysql, password: "password" },
    ],
    [
      "with the user in the URL",
      { "hibernate.connection.url": "jdbc:mysql://wiki:p%40w@[::1]:3307/wiki?useSSL=false" },
      {
        engine: "mysql",
        name: "wiki",
        host: "::1",
        port: 3307,
        user: "wiki",
        password: "p@w",
        tls: { mode: "disabled" },
      },
    ],
    [
      "MariaDB with several hosts",
      confluenceDatabaseProperties({ url: "jdbc:mariadb://h1,h2/wiki" }),
      { engine: "mariadb", name: "wiki", host: "h1", user: "confluence" },
    ],
    ...[" blanks ", "p#a\"s's w\\ord;$ ", "a:b\\c", "pässwörd😀", "&<>&amp;", `\${notAPlaceholder}`].map(
      (password): [string, Record<string, string>, object] => [
        `the password ${JSON.stringify(password)}`,
        confluenceDatabaseProperties({ password }),
        { password },
      ],
    ),
  ])("%s", async (_, properties, expected) => {
    const host = confluenceHost();
    writeConfluenceProperties(host, properties);
    expect(await locateDatabase(host)).toMatchObject(expected);
  });

  it("with a byte order mark and CRLF", async () => {
    const host = confluenceHost();
    const text = readFileSync(join(host.root, configFile), "utf8");
    writeFileSync(join(host.root, configFile), `\uFEFF${text.replaceAll("\n", "\r\n")}`);
    expect(await locateDatabase(host)).toMatchObject(mysql);
  });

  it("and masks the password from then on", async () => {
    await locateDatabase(
      confluenceHost({ properties: confluenceDatabaseProperties({ password: "Tr0ub4dor-masked" }) }),
    );
    expect(redact("-pTr0ub4dor-masked")).toBe("-p********");
  });

  it.each<[string, Record<string, string>, object]>([
    ["the secret storage", { "hibernate.connection.password": "{ATL_SECURED}" }, { code: "password-unavailable" }],
    [
      "AlgorithmCipher",
      {
        "hibernate.connection.password": '{"sealedObjectFilePath":"/x","keyFilePath":"/y"}',
        "jdbc.password.decrypter.classname": "com.atlassian.db.config.password.ciphers.algorithm.AlgorithmCipher",
      },
      { code: "password-unavailable", hint: expect.stringContaining("CipherTool -m decrypt") },
    ],
    ["a custom class", { "jdbc.password.decrypter.classname": "org.example.Cipher" }, { code: "password-unavailable" }],
    [
      "the built-in H2",
      { "hibernate.connection.url": `jdbc:h2:file:\${confluenceHome}/database/h2db;MV_STORE=FALSE` },
      { code: "database-unsupported", message: expect.stringContaining("built-in h2") },
    ],
    ["the built-in HSQLDB", { "hibernate.connection.url": "jdbc:hsqldb:/x/db" }, { code: "database-unsupported" }],
    [
      "SQL Server",
      { "hibernate.connection.url": "jdbc:sqlserver://h:1433;databaseName=c" },
      {
        code: "database-unsupported",
        message: expect.stringContaining("sqlserver"),
        hint: expect.stringContaining("hooks.before"),
      },
    ],
    ["Oracle", { "hibernate.connection.url": "jdbc:oracle:thin:@//h:1521/c" }, { code: "database-unsupported" }],
    [
      "a URL of an unknown kind",
      { "hibernate.connection.url": "jdbc:db2://h/c" },
      { code: "application-unreadable", hint: expect.stringContaining("applications.confluence.database") },
    ],
    [
      "a URL without a database",
      { "hibernate.connection.url": "jdbc:mysql://h/" },
      { code: "application-unreadable", hint: expect.stringContaining("applications.confluence.database.name") },
    ],
    [
      "a DNS service name",
      { "hibernate.connection.url": "jdbc:mysql+srv://_mysql._tcp.example.org/c" },
      { code: "application-unreadable", hint: expect.stringContaining("applications.confluence.database.host") },
    ],
  ])("and refuses %s with a remedy", async (_, properties, expected) => {
    const host = confluenceHost({ properties });
    await expect(locateConfluence(host)).rejects.toMatchObject(expected);
  });

  it("and says that an installation was never finished", async () => {
    const host = confluenceHost();
    writeFileSync(
      join(host.root, configFile),
      "<confluence-configuration><setupStep>setupdbchoice</setupStep><properties/></confluence-configuration>",
    );
    await expect(locateConfluence(host)).rejects.toMatchObject({
      code: "application-unreadable",
      message: expect.stringContaining("setupdbchoice"),
    });
  });

  it("and names the line of XML that is not well-formed", async () => {
    const host = confluenceHost();
    const text = readFileSync(join(host.root, configFile), "utf8");
    writeFileSync(join(host.root, configFile), text.replace("&amp;characterEncoding", "&characterEncoding"));
    await expect(locateConfluence(host)).rejects.toMatchObject({
      code: "application-unreadable",
      message: expect.stringContaining(configFile),
    });
  });
});

describe("the agent's configuration of the database", () => {
  it("wins key by key", async () => {
    const host = confluenceHost();
    expect(
      await locateDatabase(host, {
        database: { host: "replica", user: "backup", password: "for-backup", skip: ["events"] },
      }),
    ).toMatchObject({
      engine: "mysql",
      name: "confluence",
      host: "replica",
      port: 3306,
      user: "backup",
      password: "for-backup",
      skip: ["events"],
    });
  });

  it("takes the place of a password that cannot be read", async () => {
    const host = confluenceHost({ properties: { "hibernate.connection.password": "{ATL_SECURED}" } });
    writeFileSync(join(host.root, "password"), "from-a-file\n", { mode: 0o600 });
    const password = { file: join(host.root, "password") };
    expect(await locateDatabase(host, { database: { password } })).toMatchObject({
      user: "confluence",
      password: "from-a-file",
    });
  });

  it("takes a socket instead of the host and port that were found", async () => {
    const database = await locateDatabase(confluenceHost(), { database: { socket: "/run/mysqld/mysqld.sock" } });
    expect(database).toMatchObject({ socket: "/run/mysqld/mysqld.sock", user: "confluence" });
    expect([database?.host, database?.port]).toEqual([undefined, undefined]);
  });

  it("needs nothing of the application's where it is complete", async () => {
    const host = confluenceHost({ properties: { "hibernate.connection.url": "jdbc:db2://h/c" } });
    const database = { engine: "mysql", name: "c", user: "u", password: "complete-password" };
    expect(await locateDatabase(host, { database })).toMatchObject(database);
  });
});

describe("a data source of Tomcat's", () => {
  const resource = `<Resource name="jdbc/confluence" auth="Container" type="javax.sql.DataSource" username="wiki" password="p&amp;w&quot;"
    driverClassName="com.mysql.jdbc.Driver" url="jdbc:mysql://db1:3306/wiki?useUnicode=true&amp;characterEncoding=utf8" maxTotal="60"/>`;
  const server = (content: string) =>
    `<Server port="8000"><Service name="S"><Engine name="E"><Host name="localhost">${content}</Host></Engine></Service></Server>`;
  const dataSource = {
    "confluence.database.connection.type": "database-type-datasource",
    "hibernate.connection.datasource": "java:comp/env/jdbc/confluence",
  };
  const expected = { engine: "mysql", name: "wiki", host: "db1", port: 3306, user: "wiki", password: 'p&w"' };

  function hostWithFiles(files: Record<string, string>): Host {
    const host = confluenceHost();
    writeConfluenceProperties(host, dataSource);
    writeFiles(join(host.root, install), files);
    return host;
  }

  it.each<[string, Record<string, string>]>([
    ["server.xml", { "conf/server.xml": server(`<Context path="">${resource}</Context>`) }],
    ["a context file", { "conf/Catalina/localhost/ROOT.xml": `<Context>${resource}</Context>` }],
    [
      "a link to a global resource",
      {
        "conf/server.xml": server(
          `<GlobalNamingResources>${resource.replace("jdbc/confluence", "jdbc/global")}</GlobalNamingResources><Context><ResourceLink name="jdbc/confluence" global="jdbc/global"/></Context>`,
        ),
      },
    ],
  ])("is found in %s", async (_, files) => {
    expect(await locateDatabase(hostWithFiles(files))).toMatchObject(expected);
  });

  it.each([
    [
      "a factory that decrypts",
      resource.replace("auth=", 'factory="org.example.EncryptedFactory" auth='),
      "org.example.EncryptedFactory",
    ],
    ["a property of the running process", resource.replace("p&amp;w&quot;", `\${db.password}`), `\${db.password}`],
  ])("is refused with %s", async (_, changed, mentioned) => {
    const host = hostWithFiles({ "conf/server.xml": server(`<Context>${changed}</Context>`) });
    await expect(locateConfluence(host)).rejects.toMatchObject({
      code: "password-unavailable",
      message: expect.stringContaining(mentioned),
    });
  });

  it("is refused where it is not defined, naming the files", async () => {
    await expect(locateConfluence(hostWithFiles({}))).rejects.toMatchObject({
      code: "application-unreadable",
      message: expect.stringContaining(`looked at ${install}/conf/server.xml`),
    });
  });
});
