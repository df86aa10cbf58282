import { join } from "node:path";
import { escapeXml } from "./escape-xml.ts";
import { createRandomBytes } from "./random.ts";
import { writeFiles } from "./write-files.ts";

export interface JiraOptions {
  /** The directory that stands for `/`; all other paths are taken below it. */
  root?: string | undefined;
  home?: string | undefined;
  /** Default: the home. */
  sharedHome?: string | undefined;
  install?: string | undefined;
  /** `old` is that of Jira 4.3: no Maven properties, no dbconfig.xml, a data source of Tomcat's, attachments without buckets. */
  layout?: "current" | "old" | undefined;
  version?: string | undefined;
  /** The inside of `<jira-database-config>`, XML. */
  database?: string | undefined;
  attachments?: number | undefined;
  /** What names the home in the installation. */
  pointer?: "init-file" | "setenv" | "none" | undefined;
}

export const jiraDefaults = {
  home: "/var/atlassian/application-data/jira",
  install: "/opt/atlassian/jira",
  version: "9.12.2",
} as const;

/** The inside of `<jira-database-config>` with a data source of its own. */
export function jiraDatabase(connection: {
  type?: string;
  url: string;
  user?: string;
  password?: string;
  /** More elements beside the password. */
  more?: string;
}): string {
  const { type = "mysql8", url, user = "jira", password = "jira&pw", more = "" } = connection;
  return `  <name>defaultDS</name>
  <delegator-name>default</delegator-name>
  <database-type>${type}</database-type>
  <jdbc-datasource>
    <url>${escapeXml(url)}</url>
    <driver-class>${type.startsWith("postgres") ? "org.postgresql.Driver" : "com.mysql.cj.jdbc.Driver"}</driver-class>
    <username>${escapeXml(user)}</username>
    <password>${escapeXml(password)}</password>
${more}    <pool-min-size>20</pool-min-size>
    <validation-query>select 1</validation-query>
  </jdbc-datasource>`;
}

const configToolUrl =
  "jdbc:mysql://address=(protocol=tcp)(host=db1.example.org)(port=3307)/jiradb?useUnicode=true&characterEncoding=UTF8&sessionVariables=default_storage_engine=InnoDB";

/** Builds program files and home of a Jira that was set up and used. */
export function buildJira(options: JiraOptions = {}): { home: string; install: string } {
  const { root = "/", layout = "current" } = options;
  const { home = jiraDefaults.home, install = jiraDefaults.install, version = jiraDefaults.version } = options;
  const { database = jiraDatabase({ url: configToolUrl }), attachments = 3 } = options;
  const sharedHome = options.sharedHome ?? home;
  writeFiles(join(root, home), {
    ...(layout === "current"
      ? {
          "dbconfig.xml": `<?xml version="1.0" encoding="UTF-8"?>\n\n<jira-database-config>\n${database}\n</jira-database-config>\n`,
        }
      : {}),
    ...(sharedHome === home
      ? {}
      : { "cluster.properties": `jira.node.id = node1\njira.shared.home = ${sharedHome}\n` }),
    ".jira-home.lock": "",
    "caches/indexesV1/issues/segments_1": "index",
    "log/atlassian-jira.log": "log",
    "tmp/upload.tmp": "temporary",
    "plugins/.osgi-plugins/felix/bundle0/bundle.id": "0",
    "monitor/activity.rrd4j": "measurements",
  });
  const randomBytes = createRandomBytes(attachments);
  writeFiles(join(root, sharedHome), {
    "plugins/installed-plugins/plugin_1_app-1.0.jar": "app",
    "data/avatars/10100_logo.png": "avatar",
    "export/2026-Nov-01--0000.zip": "an XML backup",
    ...(layout === "current" ? { "keys/javax.crypto.spec.SecretKeySpec_1700000000000": "key" } : {}),
    ...Object.fromEntries(
      Array.from({ length: attachments }, (_, index) => [attachmentFile(layout, index), randomBytes(2_000)]),
    ),
  });
  writeFiles(join(root, install), programFiles({ layout, version, home, pointer: options.pointer ?? "init-file" }));
  return { home, install };
}

const firstAttachment = 10_000;

function attachmentFile(layout: "current" | "old", index: number): string {
  const id = firstAttachment + index;
  const issue = `TEST-${index + 1}`;
  return layout === "current"
    ? `data/attachments/TEST/10000/${issue}/${id}`
    : `data/attachments/TEST/${issue}/${id}_plan.png`;
}

interface ProgramFacts {
  layout: "current" | "old";
  version: string;
  home: string;
  pointer: "init-file" | "setenv" | "none";
}

function programFiles({ layout, version, home, pointer }: ProgramFacts): Record<string, string> {
  const classes = "atlassian-jira/WEB-INF/classes";
  return {
    [`${classes}/jira-application.properties`]: `# Do not modify this file unless instructed.\njira.home = ${pointer === "init-file" ? home : ""}\n`,
    "bin/setenv.sh": `JIRA_HOME="${pointer === "setenv" ? home : ""}"\nJVM_SUPPORT_RECOMMENDED_ARGS=""\n`,
    "conf/server.xml":
      layout === "current"
        ? '<Server port="8005"><Service name="Catalina"/></Server>\n'
        : '<Server><Service><Engine><Host><Context><Resource name="jdbc/JiraDS" auth="Container" type="javax.sql.DataSource" username="jirauser" password="p&amp;w" driverClassName="com.mysql.jdbc.Driver" url="jdbc:mysql://localhost/jiradb?useUnicode=true&amp;characterEncoding=UTF8"/></Context></Host></Engine></Service></Server>\n',
    ...(layout === "current"
      ? {
          "atlassian-jira/META-INF/maven/com.atlassian.jira/jira-webapp-dist/pom.properties": `#Generated by Maven\nversion=${version}\ngroupId=com.atlassian.jira\nartifactId=jira-webapp-dist\n`,
        }
      : {
          "README.txt": `\r\nJIRA ${version}#621-r152367\r\n-------\r\n`,
          [`${classes}/entityengine.xml`]:
            '<entity-config><datasource name="defaultDS" field-type-name="mysql"><jndi-jdbc jndi-server-name="default" jndi-name="java:comp/env/jdbc/JiraDS"/></datasource></entity-config>\n',
        }),
  };
}

/** SQL that both MariaDB and PostgreSQL take, of a database like Jira's: versions, settings, issues and attachments. */
export function jiraDatabaseSql(options: { version?: string; issues?: number; attachments?: number } = {}): string {
  const { version = jiraDefaults.version, issues = 40, attachments = 3 } = options;
  const properties = [
    ["jira.version", version],
    ["jira.version.patched", "9120002"],
    ["jira.baseurl", "https://jira.example.org"],
  ] as const;
  return `
CREATE TABLE propertyentry (id decimal(18,0) PRIMARY KEY, entity_name varchar(255), entity_id decimal(18,0), property_key varchar(255), propertytype decimal(9,0));
CREATE TABLE propertystring (id decimal(18,0) PRIMARY KEY, propertyvalue text);
CREATE TABLE project (id decimal(18,0) PRIMARY KEY, pname varchar(255), pkey varchar(255), originalkey varchar(255));
CREATE TABLE jiraissue (id decimal(18,0) PRIMARY KEY, issuenum decimal(18,0), project decimal(18,0) REFERENCES project (id), summary varchar(255), description text);
CREATE TABLE fileattachment (id decimal(18,0) PRIMARY KEY, issueid decimal(18,0), filename varchar(255), filesize decimal(18,0));
CREATE INDEX issue_proj_num ON jiraissue (issuenum, project);
${properties
  .map(
    ([key, value], index) =>
      `INSERT INTO propertyentry VALUES (${index + 1}, 'jira.properties', 1, '${key}', 5);\nINSERT INTO propertystring VALUES (${index + 1}, '${value}');`,
  )
  .join("\n")}
INSERT INTO project VALUES (10000, 'Übung ''mit'' Strichpunkt;', 'TEST', 'TEST');
${Array.from({ length: issues }, (_, index) => `INSERT INTO jiraissue VALUES (${20_000 + index}, ${index + 1}, 10000, 'Vorgang ${index}', 'text & <b>"quoted"</b>');`).join("\n")}
${Array.from({ length: attachments }, (_, index) => `INSERT INTO fileattachment VALUES (${firstAttachment + index}, ${20_000 + index}, 'Plan ${index}.png', 2000);`).join("\n")}
`;
}
