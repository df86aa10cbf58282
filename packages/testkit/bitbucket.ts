import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createRandomBytes } from "./random.ts";
import { writeFiles } from "./write-files.ts";

export interface BitbucketOptions {
  /** The directory that stands for `/`; all other paths are taken below it. */
  root?: string | undefined;
  home?: string | undefined;
  /** Default: `<home>/shared`. */
  sharedHome?: string | undefined;
  install?: string | undefined;
  /** `stash` is that of Stash 2: everything in the home itself, `atlassian-stash`, the home in `setenv.sh`. */
  layout?: "current" | "stash" | undefined;
  version?: string | undefined;
  /** The text of bitbucket.properties or stash-config.properties; none where it is empty. */
  properties?: string | undefined;
  repositories?: number | undefined;
}

export const bitbucketDefaults = {
  home: "/var/atlassian/application-data/bitbucket",
  install: "/opt/atlassian/bitbucket",
  version: "8.9.4",
} as const;

/** The text of bitbucket.properties, as Java writes it. */
export function bitbucketProperties(connection: {
  url: string;
  user?: string;
  password?: string;
  more?: string;
}): string {
  const { url, user = "bitbucket", password = "s3cret", more = "" } = connection;
  const driver = url.startsWith("jdbc:postgresql") ? "org.postgresql.Driver" : "com.mysql.jdbc.Driver";
  return `#>*******************************************************
#Thu Nov 26 10:00:00 UTC 2026
setup.displayName=Bitbucket
jdbc.driver=${driver}
jdbc.url=${escapeValue(url)}
jdbc.user=${escapeValue(user)}
jdbc.password=${escapeValue(password)}
${more}`;
}

function escapeValue(text: string): string {
  return text.replace(/^ |[\\:=#!]/g, "\\$&");
}

/** Builds program files and home of a Bitbucket or Stash that was set up and used. */
export function buildBitbucket(options: BitbucketOptions = {}): { home: string; sharedHome: string; install: string } {
  const {
    root = "/",
    layout = "current",
    home = bitbucketDefaults.home,
    version = bitbucketDefaults.version,
  } = options;
  const { install = bitbucketDefaults.install, repositories = 3 } = options;
  const sharedHome = options.sharedHome ?? (layout === "stash" ? home : join(home, "shared"));
  const { properties = bitbucketProperties({ url: "jdbc:mysql://db1.example.org:3306/bitbucket?useSSL=false" }) } =
    options;
  writeFiles(join(root, home), {
    ".lock": "",
    "caches/indexes/1": "cache",
    "export/old.zip": "export",
    "log/atlassian-bitbucket.log": "log",
    "tmp/git/1": "temporary",
    "plugins/.osgi-cache/felix/1": "unpacked",
    "lib/native/README.txt": "put native libraries here\n",
  });
  writeFiles(join(root, sharedHome), {
    ...(properties === ""
      ? {}
      : { [layout === "stash" ? "stash-config.properties" : "bitbucket.properties"]: properties }),
    ...(layout === "stash" ? {} : { ".lock": "", "search/data/nodes/0": "index" }),
    "config/ssh-server-keys.pem": "key",
    "data/attachments/1/ab12/plan.png": "attachment",
    "plugins/installed-plugins/app-1.0.jar": "app",
  });
  const randomBytes = createRandomBytes(repositories);
  for (let id = 1; id <= repositories; id += 1) {
    const repository = join(root, sharedHome, "data/repositories", String(id));
    writeFiles(repository, {
      HEAD: "ref: refs/heads/master\n",
      config: "[core]\n\tbare = true\n",
      [`objects/pack/pack-${String(id).padStart(40, "a")}.pack`]: randomBytes(4_000),
      "repository-config": `[bitbucket]\n\thierarchy = h${id}\n`,
    });
    mkdirSync(join(repository, "refs/heads"), { recursive: true });
  }
  writeFiles(join(root, install), programFiles({ layout, version, home }));
  return { home, sharedHome, install };
}

interface ProgramFacts {
  layout: "current" | "stash";
  version: string;
  home: string;
}

function programFiles({ layout, version, home }: ProgramFacts): Record<string, string> {
  if (layout === "stash") {
    return {
      "bin/setenv.sh": `# One way to set the STASH HOME path is here via this variable.\nif [ "x\${STASH_HOME}" = "x" ]; then\n    export STASH_HOME=${home}\nfi\n`,
      "conf/server.xml": '<Server port="8006"/>\n',
      "atlassian-stash/META-INF/maven/com.atlassian.stash/stash-webapp/pom.properties": `version=${version}\n`,
      "atlassian-stash/WEB-INF/web.xml": "<web-app/>\n",
    };
  }
  return {
    "bin/set-bitbucket-home.sh": `if [ -z "$BITBUCKET_HOME" ]; then\n    BITBUCKET_HOME=${home}\nfi\nexport BITBUCKET_HOME\n`,
    "bin/_start-webapp.sh": "JVM_MINIMUM_MEMORY=512m\n",
    "app/WEB-INF/web.xml": "<web-app/>\n",
    [`app/WEB-INF/lib/bitbucket-api-${version}.jar`]: "",
    [`app/WEB-INF/lib/bitbucket-service-impl-${version}.jar`]: "",
    "app/WEB-INF/lib/bitbucket-mesh-api-1.5.2.jar": "",
  };
}

/** SQL that both MariaDB and PostgreSQL take, of a database like Bitbucket's: projects, repositories and pull requests. */
export function bitbucketDatabaseSql({ repositories = 3 }: { repositories?: number } = {}): string {
  const ids = Array.from({ length: repositories }, (_, index) => index + 1);
  return `
CREATE TABLE app_property (prop_key varchar(50) PRIMARY KEY, prop_value varchar(2000) NOT NULL);
CREATE TABLE project (id int PRIMARY KEY, name varchar(128), project_key varchar(128) UNIQUE);
CREATE TABLE repository (id int PRIMARY KEY, slug varchar(128), name varchar(128), project_id int REFERENCES project (id), hierarchy_id varchar(20), scm_id varchar(255), state int);
CREATE TABLE sta_pull_request (id bigint PRIMARY KEY, title varchar(255), description text, to_repository_id int REFERENCES repository (id));
INSERT INTO app_property VALUES ('instance.url', 'https://git.example.org');
INSERT INTO project VALUES (1, 'Team ''Ü''', 'TEAM');
${ids.map((id) => `INSERT INTO repository VALUES (${id}, 'project-${id}', 'Projekt ${id};', 1, 'h${id}', 'git', 1);`).join("\n")}
${ids.map((id) => `INSERT INTO sta_pull_request VALUES (${id}, 'Änderung ${id}', 'text & "quoted"', ${id});`).join("\n")}
`;
}
