import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { escapeXml } from "./escape-xml.ts";
import { createRandomBytes } from "./random.ts";
import { writeFiles } from "./write-files.ts";

export interface ConfluenceOptions {
  /** The directory that stands for `/`; all other paths are taken below it. */
  root?: string | undefined;
  home?: string | undefined;
  install?: string | undefined;
  /** `old` is that of Confluence 5: no Maven properties, no shared home, `attachments/ver003`. */
  layout?: "current" | "old" | undefined;
  version?: string | undefined;
  buildNumber?: number | undefined;
  /** Properties of confluence.cfg.xml, unescaped; over `confluenceDatabaseProperties`. */
  properties?: Readonly<Record<string, string>> | undefined;
  /** How many attachments it has; each has two versions. */
  attachments?: number | undefined;
  /** Bytes of each version of an attachment. */
  attachmentBytes?: number | undefined;
  /** What names the home in the installation. */
  pointer?: "init-file" | "setenv" | "none" | undefined;
}

export interface BuiltConfluence {
  home: string;
  install: string;
  /** Paths of all attachment files, relative to the home. */
  attachments: string[];
}

export const confluenceDefaults = {
  home: "/var/atlassian/application-data/confluence",
  install: "/opt/atlassian/confluence",
  version: "8.5.4",
  buildNumber: 9012,
} as const;

/** Properties that lead to a MySQL or MariaDB server. */
export function confluenceDatabaseProperties(
  database: { url?: string; user?: string; password?: string } = {},
): Record<string, string> {
  return {
    "confluence.database.choice": "mysql",
    "confluence.database.connection.type": "database-type-standard",
    "hibernate.connection.driver_class": "com.mysql.cj.jdbc.Driver",
    "hibernate.connection.url":
      database.url ?? "jdbc:mysql://db1.example.org:3306/confluence?useUnicode=true&characterEncoding=utf8",
    "hibernate.connection.username": database.user ?? "confluence",
    "hibernate.connection.password": database.password ?? "s3cr&t<x",
    "hibernate.dialect": "com.atlassian.confluence.impl.hibernate.dialect.MySQLDialect",
  };
}

/** The text of confluence.cfg.xml. */
export function confluenceConfig(properties: Readonly<Record<string, string>>, buildNumber: number): string {
  const lines = Object.entries(properties).map(
    ([name, value]) => `    <property name="${name}">${escapeXml(value)}</property>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>

<confluence-configuration>
  <setupStep>complete</setupStep>
  <setupType>custom</setupType>
  <buildNumber>${buildNumber}</buildNumber>
  <properties>
${lines.join("\n")}
  </properties>
</confluence-configuration>
`;
}

/** Builds program files and home of a Confluence that was set up and used. */
export function buildConfluence(options: ConfluenceOptions = {}): BuiltConfluence {
  const { root = "/", layout = "current" } = options;
  const { home = confluenceDefaults.home, install = confluenceDefaults.install } = options;
  const { version = confluenceDefaults.version, buildNumber = confluenceDefaults.buildNumber } = options;
  const properties = {
    "attachments.dir": `\${confluenceHome}/attachments`,
    "lucene.index.dir": `\${localHome}/index`,
    "struts.multipart.saveDir": `\${localHome}/temp`,
    ...confluenceDatabaseProperties(),
    ...options.properties,
  };
  const attachments = attachmentFiles(layout, options.attachments ?? 3);
  const randomBytes = createRandomBytes(buildNumber);
  const contents = attachments.map((path) => [path, randomBytes(options.attachmentBytes ?? 2_000)] as const);
  writeFiles(join(root, home), {
    "confluence.cfg.xml": confluenceConfig(properties, buildNumber),
    ...Object.fromEntries(contents),
    ...(layout === "current" ? currentHomeFiles : {}),
    ...disposableFiles,
  });
  mkdirSync(join(root, home, "config"), { recursive: true });
  writeFiles(join(root, install), programFiles({ layout, version, home, pointer: options.pointer ?? "init-file" }));
  return { home, install, attachments };
}

const currentHomeFiles = {
  "keys/javax.crypto.spec.SecretKeySpec_1700000000000": "key that decrypts the directories' passwords",
  "secrets-config.yaml": "secrets: {}\n",
  "shared-home/config/ipd-tuning.properties": "threshold=1\n",
  "shared-home/dcl-document_hd/1/1.jpg": "preview",
  "shared-home/dcl-thumbnail/1/1.png": "preview",
};

const disposableFiles = {
  "index/segments_1": "index",
  "journal/main_index": "journal",
  "backups/backup-2026_11_01.zip": "an XML backup",
  "logs/atlassian-confluence.log": "log",
  "temp/upload.tmp": "temporary",
  "plugins-osgi-cache/felix/bundle0/bundle.id": "0",
  "thumbnails/1/1.png": "preview",
  lock: "",
};

interface ProgramFacts {
  layout: "current" | "old";
  version: string;
  home: string;
  pointer: "init-file" | "setenv" | "none";
}

function programFiles({ layout, version, home, pointer }: ProgramFacts): Record<string, string> {
  const classes = "confluence/WEB-INF/classes";
  const maven = "confluence/META-INF/maven/com.atlassian.confluence/confluence-webapp/pom.properties";
  const live = pointer === "init-file" ? `confluence.home=${home}\n` : "";
  const option = pointer === "setenv" ? `CATALINA_OPTS="-Dconfluence.home=${home} \${CATALINA_OPTS}"\n` : "";
  return {
    [`${classes}/confluence-init.properties`]: `# confluence.home=/path/to/confluence/home\n${live}`,
    [`${classes}/seraph-config.xml`]: "<security-config/>\n",
    "bin/setenv.sh": `# See the CATALINA_OPTS below for tuning the JVM arguments\n${option}export CATALINA_OPTS\n`,
    "conf/server.xml": '<Server port="8000"><Service name="Tomcat-Standalone"/></Server>\n',
    "conf/web.xml": "<web-app/>\n",
    ...(layout === "current"
      ? {
          [maven]: `#Created by Apache Maven 3.6.3\nversion=${version}\ngroupId=com.atlassian.confluence\nartifactId=confluence-webapp\n`,
        }
      : { "README.txt": `\r\nAtlassian Confluence ${version}-#4226-sha1:0\r\n------\r\n` }),
    [`confluence/WEB-INF/lib/confluence-${version}.jar`]: "",
  };
}

/** The content id of an attachment by its number, from 0 on. */
export function attachmentId(index: number): number {
  return 131_073 + index * 7;
}

/** The current version of every attachment. */
export const attachmentVersion = 2;

// Where Confluence keeps version `number` of an attachment: since 8.1 below v4, by the remainders of its content id.
function attachmentFiles(layout: "current" | "old", count: number): string[] {
  return Array.from({ length: count }, (_, index) => attachmentId(index)).flatMap((id) =>
    [1, attachmentVersion].map((number) => {
      const rest = id % 65_535;
      if (layout === "current") return `attachments/v4/${rest % 256}/${Math.floor(rest / 256)}/${id}/${id}.${number}`;
      const page = id + 1;
      return `attachments/ver003/37/65/65537/${page % 250}/${Math.floor(page / 1_000) % 250}/${page}/${id}/${number}`;
    }),
  );
}
