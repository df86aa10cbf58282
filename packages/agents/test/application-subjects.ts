import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bitbucketDatabaseSql, bitbucketProperties, buildBitbucket } from "@catapullt/testkit/bitbucket";
import { buildConfluence, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { confluenceTablesSql } from "@catapullt/testkit/confluence-database";
import { buildGitea, giteaDatabaseSql } from "@catapullt/testkit/gitea";
import { buildJira, jiraDatabase, jiraDatabaseSql } from "@catapullt/testkit/jira";

/** How an application's own configuration leads to its database. */
export interface SubjectConnection {
  engine: "mariadb" | "postgresql";
  host: string;
  port: number;
  name: string;
  user: string;
  password: string;
}

/** An application that was set up and used, and whose backup is to bring it back. */
export interface ApplicationSubject {
  type: string;
  /** SQL of its database, which both MariaDB and PostgreSQL take. */
  sql: string;
  /** Builds it below a directory. */
  build(directory: string, connection: SubjectConnection): BuiltSubject;
  /** Paths, relative to the directory, that a backup leaves out. */
  disposable: RegExp;
}

export interface BuiltSubject {
  /** `applications.<type>` of the agent's configuration. */
  settings: object;
  /** Directories, relative to the one it was built in, that are lost with the host, each a tree of the archive. */
  data: readonly string[];
}

function jdbcUrl({ engine, host, port, name }: SubjectConnection): string {
  return `jdbc:${engine === "mariadb" ? "mysql" : engine}://${host}:${port}/${encodeURIComponent(name)}`;
}

const confluence: ApplicationSubject = {
  type: "confluence",
  sql: confluenceTablesSql(),
  build(directory, connection) {
    const [home, install, elsewhere] = ["home", "install", "other-disk"].map((name) => join(directory, name));
    buildConfluence({
      home,
      install,
      properties: {
        ...confluenceDatabaseProperties({ ...connection, url: jdbcUrl(connection) }),
        "attachments.dir": `${elsewhere}/attachments`,
      },
    });
    mkdirSync(elsewhere ?? "");
    renameSync(`${home}/attachments`, `${elsewhere}/attachments`);
    return { settings: { home, install }, data: ["home", "other-disk/attachments"] };
  },
  disposable:
    /^home\/(index|journal|backups|logs|temp|plugins-osgi-cache|thumbnails|lock|shared-home\/dcl-[a-z_]+)(\/|$)/,
};

const jira: ApplicationSubject = {
  type: "jira",
  sql: jiraDatabaseSql(),
  build(directory, connection) {
    const [home, install, sharedHome] = ["home", "install", "shared"].map((name) => join(directory, name));
    const type = connection.engine === "mariadb" ? "mysql8" : "postgres72";
    const database = jiraDatabase({ type, ...connection, url: jdbcUrl(connection) });
    buildJira({ home, install, sharedHome, database });
    return { settings: { home, install }, data: ["home", "shared"] };
  },
  disposable: /^(home|shared)\/(caches|export|log|monitor|tmp|plugins\/\.osgi-plugins|\.jira-home\.lock)(\/|$)/,
};

const bitbucket: ApplicationSubject = {
  type: "bitbucket",
  sql: bitbucketDatabaseSql(),
  build(directory, connection) {
    const [home = "", install, disk = ""] = ["home", "install", "other-disk"].map((name) => join(directory, name));
    buildBitbucket({ home, install, properties: bitbucketProperties({ ...connection, url: jdbcUrl(connection) }) });
    mkdirSync(disk);
    renameSync(join(home, "shared/data/repositories"), join(disk, "repositories"));
    symlinkSync(join(disk, "repositories"), join(home, "shared/data/repositories"));
    return { settings: { home, install }, data: ["home", "other-disk/repositories"] };
  },
  disposable: /^home\/(\.lock|caches|export|log|tmp|plugins\/\.osgi-cache|shared\/\.lock|shared\/search\/data)(\/|$)/,
};

const gitea: ApplicationSubject = {
  type: "gitea",
  sql: giteaDatabaseSql(),
  build(directory, { engine, host, port, name, user, password }) {
    const { workPath, configFile, program } = buildGitea({
      workPath: join(directory, "gitea"),
      program: join(directory, "install/gitea"),
    });
    const type = engine === "mariadb" ? "mysql" : "postgres";
    const section = `DB_TYPE = ${type}\nHOST = ${host}:${port}\nNAME = \`${name}\`\nUSER = \`${user}\`\nPASSWD = \`${password}\``;
    const text = readFileSync(configFile, "utf8");
    writeFileSync(
      configFile,
      text.replace("DB_TYPE = sqlite3\nPATH = data/gitea.db", () => section),
    );
    return { settings: { home: workPath, configFile, install: program }, data: ["gitea/data", "gitea/custom"] };
  },
  disposable: /^gitea\/data\/(log|sessions|indexers|queues)(\/|$)/,
};

export const applicationSubjects: readonly ApplicationSubject[] = [confluence, jira, bitbucket, gitea];
