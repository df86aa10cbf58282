import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { buildJira, type JiraOptions, jiraDatabase, jiraDefaults } from "@catapullt/testkit/jira";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../../test/fixture-host.ts";
import type { Host } from "../../host.ts";
import type { Query } from "../../type.ts";
import { jira } from "./jira.ts";
import { attachmentFileId } from "./jira-sanity.ts";

const { home, install } = jiraDefaults;

function jiraHost(options: JiraOptions = {}): Host {
  const host = fixtureHost();
  buildJira({ root: host.root, ...options });
  return host;
}

function locate(host: Host, keys: object = {}) {
  return jira.locate({ name: "jira", settings: applicationSettings(keys), host });
}

describe("the database of jira", () => {
  it.each([
    ["the secret storage", { password: "{ATL_SECURED}" }, "password-unavailable", "secret storage"],
    [
      "the vendor's cipher",
      {
        password: '{"sealedObjectFilePath":"x"}',
        more: "<atlassian-password-cipher-provider>com.atlassian.db.config.password.ciphers.algorithm.AlgorithmCipher</atlassian-password-cipher-provider>",
      },
      "password-unavailable",
      "is encrypted by com.atlassian.db.config.password.ciphers.algorithm.AlgorithmCipher",
    ],
  ])("is refused with a remedy where the password is in %s", async (_, connection, code, message) => {
    const database = jiraDatabase({ url: "jdbc:mysql://db1/jira", ...connection });
    await expect(locate(jiraHost({ database }))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.stringContaining("applications.jira.database.password: { file: /etc/backup-tools/jira.password }"),
    });
    const given = { database: { password: "given" } };
    expect((await locate(jiraHost({ database }), given)).databases[0]).toMatchObject({ password: "given" });
  });

  it.each([
    ["jdbc:h2:file:/srv/jira/database/h2db", "built-in h2 database"],
    ["jdbc:hsqldb:/srv/jira/database/jiradb", "built-in hsqldb database"],
    ["jdbc:sqlserver://;serverName=db1;databaseName=jira", "a sqlserver database"],
    ["jdbc:oracle:thin:@//db1:1521/JIRA", "an? oracle database"],
  ])("is refused for %s", async (url, message) => {
    await expect(locate(jiraHost({ database: jiraDatabase({ url }) }))).rejects.toMatchObject({
      code: "database-unsupported",
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ["", "names no database"],
    [jiraDatabase({ url: "mysql://db1/jira" }), "has no JDBC URL that is understood here"],
    ["<jndi-datasource><jndi-name>java:comp/env/jdbc/JiraDS</jndi-name></jndi-datasource>", "is not defined"],
    ["<jdbc-datasource><url>jdbc:mysql://db1/jira?a=b&c=d</url></jdbc-datasource>", "is not well-formed XML"],
  ])("is told to be unreadable with its key, never with its content: %j", async (database, message) => {
    const failure = expect.objectContaining({
      code: "application-unreadable",
      message: expect.stringContaining(message),
    });
    await expect(locate(jiraHost({ database }))).rejects.toEqual(failure);
  });

  it("is that of a data source in a context file of its own", async () => {
    const host = jiraHost({
      database: "<jndi-datasource><jndi-name>java:comp/env/jdbc/JiraDS</jndi-name></jndi-datasource>",
    });
    writeFiles(host.root, {
      [`${install}/conf/Catalina/localhost/jira.xml`]:
        '<Context><Resource name="jdbc/JiraDS" username="j" password=" p " url="jdbc:postgresql://db1/jira"/></Context>',
    });
    expect((await locate(host)).databases[0]).toMatchObject({ engine: "postgresql", user: "j", password: " p " });
  });

  it("may stand in entityengine.xml itself, and is nowhere where neither file is there", async () => {
    const host = jiraHost({ layout: "old", version: "4.0.1" });
    const file = `${install}/atlassian-jira/WEB-INF/classes/entityengine.xml`;
    writeFiles(host.root, {
      [file]:
        '<entity-config><datasource name="defaultDS"><inline-jdbc jdbc-uri="jdbc:mysql://db1/j" jdbc-username="u" jdbc-password="p"/></datasource></entity-config>',
    });
    expect((await locate(host)).databases[0]).toMatchObject({ host: "db1", name: "j", user: "u", password: "p" });
    rmSync(join(host.root, file));
    await expect(locate(host)).rejects.toMatchObject({
      message: expect.stringContaining("has no dbconfig.xml: was the setup of this Jira ever finished?"),
      hint: expect.stringContaining("applications.jira.database"),
    });
  });
});

describe("the directories of jira", () => {
  it("are refused while a disk with attachments is not there", async () => {
    const host = jiraHost({ attachments: 0 });
    symlinkSync("/mnt/nowhere/attachments", join(host.root, home, "data/attachments"));
    await expect(locate(host)).rejects.toMatchObject({
      code: "application-not-found",
      message: `${home}/data/attachments is a link that leads nowhere`,
    });
  });

  it("are refused while the shared home is not there", async () => {
    const host = jiraHost();
    writeFiles(host.root, { [`${home}/cluster.properties`]: "jira.shared.home=/mnt/shared\n" });
    await expect(locate(host)).rejects.toMatchObject({
      message: `/mnt/shared is no directory (jira.shared.home in ${home}/cluster.properties)`,
    });
  });
});

describe("the version of jira", () => {
  // A database server that answers the questions which the type asks.
  function answering(properties: [string, string][] | undefined): Query {
    return async (_, sql) => {
      if (!sql.includes("information_schema")) return properties ?? [];
      const [, table = ""] = /LOWER\(table_name\) = '(\w+)'/.exec(sql) ?? [];
      return properties === undefined ? [] : [["jiradb", table]];
    };
  }

  it("comes from the program files and is held against the database", async () => {
    const { captureVersion } = await locate(jiraHost());
    const properties: [string, string][] = [
      ["jira.version", "9.12.2"],
      ["jira.version.patched", "9120002"],
      ["jira.path.attachments", `${home}/data/attachments`],
    ];
    expect(await captureVersion(answering(properties))).toEqual({
      value: "9.12.2",
      sources: [
        { source: "program files", value: "9.12.2" },
        { source: "database", value: "9.12.2" },
        { source: "database build number", value: "9120002" },
      ],
      warnings: [],
    });
  });

  it("warns of an unfinished upgrade, of attachments elsewhere and of a database that is not Jira's", async () => {
    const { captureVersion } = await locate(jiraHost());
    const properties: [string, string][] = [
      ["jira.version", "8.20.30"],
      ["jira.path.attachments", "/srv/attachments"],
    ];
    expect((await captureVersion(answering(properties))).warnings).toEqual([
      expect.stringContaining("are version 9.12.2, its database was last used by 8.20.30"),
      expect.stringContaining("names /srv/attachments as the place of attachments, which is outside of its home"),
    ]);
    expect((await captureVersion(answering(undefined))).warnings).toEqual([
      "the database of jira has no table PROPERTYENTRY: is it Jira's?",
    ]);
  });

  it("lists every place where it was not found", async () => {
    const host = jiraHost();
    rmSync(join(host.root, install, "atlassian-jira/META-INF"), { recursive: true });
    await expect((await locate(host)).captureVersion()).rejects.toMatchObject({
      code: "version-unreadable",
      message: expect.stringContaining(`${install}/README.txt`),
      hint: expect.stringContaining("applications.jira.version"),
    });
  });
});

describe("attachmentFileId", () => {
  it.each([
    ["/h/data/attachments/TEST/10000/TEST-7/10042", 10042],
    ["/h/data/attachments/TEST/TEST-7/10042", 10042],
    ["/h/data/attachments/TEST/TEST-7/10042_my plan.png", 10042],
    ["/h/data/attachments/A1_B/10000/A1_B-12/3", 3],
    ["/h/data/attachments/TEST/10000/TEST-7/thumbs/_thumb_10042.png", undefined],
    ["/h/data/attachments/TEST/10000/10042", undefined],
  ])("takes %s for the file of %s", (path, id) => {
    expect(attachmentFileId(path)).toBe(id);
  });
});
