import { chmodSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createRandomBytes } from "./random.ts";
import { writeFiles } from "./write-files.ts";

export interface GiteaOptions {
  /** The directory that stands for `/`; all other paths are taken below it. */
  root?: string | undefined;
  workPath?: string | undefined;
  /** Default: `<workPath>/custom/conf/app.ini`. */
  configFile?: string | undefined;
  /** Default: `<workPath>/bin/gitea`. */
  program?: string | undefined;
  version?: string | undefined;
  repositories?: number | undefined;
  attachments?: number | undefined;
  /** Bytes of each attachment. */
  attachmentBytes?: number | undefined;
}

export interface BuiltGitea {
  workPath: string;
  configFile: string;
  program: string;
  databaseFile: string;
  version: string;
}

/**
 * Builds a Gitea on SQLite that was set up and used: app.ini, repositories, attachments, a database in WAL mode, and a
 * stand-in for the binary that knows `--version` only.
 */
export function buildGitea(options: GiteaOptions = {}): BuiltGitea {
  const { root = "/", workPath = "/var/lib/gitea", version = "1.22.3" } = options;
  const configFile = options.configFile ?? `${workPath}/custom/conf/app.ini`;
  const program = options.program ?? `${workPath}/bin/gitea`;
  const databaseFile = `${workPath}/data/gitea.db`;
  const repositories = options.repositories ?? 2;
  const attachments = options.attachments ?? 3;
  const randomBytes = createRandomBytes(repositories + attachments);
  writeFiles(root, {
    [configFile]: appIni(workPath),
    [program]: standIn(version),
    [`${workPath}/data/log/gitea.log`]: "log\n",
    [`${workPath}/data/sessions/1/2/12`]: "session",
    [`${workPath}/data/indexers/issues.bleve/index_meta.json`]: "{}",
    [`${workPath}/data/queues/common/CURRENT`]: "MANIFEST-000001\n",
    [`${workPath}/custom/public/assets/css/theme.css`]: "body { color: #222 }\n",
  });
  chmodSync(join(root, program), 0o755);
  for (let index = 1; index <= repositories; index += 1) writeRepository(join(root, workPath), index, randomBytes);
  for (let index = 1; index <= attachments; index += 1) {
    const id = attachmentId(index);
    writeFiles(join(root, workPath, "data/attachments"), {
      [`${id.slice(0, 1)}/${id.slice(1, 2)}/${id}`]: randomBytes(options.attachmentBytes ?? 2_000),
    });
  }
  writeDatabase(join(root, databaseFile), { repositories, attachments });
  return { workPath, configFile, program, databaseFile, version };
}

function appIni(workPath: string): string {
  return `APP_NAME = Gitea: Git with a cup of tea
RUN_USER = git
WORK_PATH = ${workPath}

[database]
DB_TYPE = sqlite3
PATH = data/gitea.db

[repository]
ROOT = ${workPath}/data/gitea-repositories

[security]
INSTALL_LOCK = true
SECRET_KEY = \`abc#def;ghi\`
`;
}

function standIn(version: string): string {
  return `#!/bin/sh
[ "$1" = --version ] || { echo "only --version is known here" >&2; exit 1; }
echo "Gitea version ${version} built with GNU Make 4.3, go1.22.8 : bindata, sqlite, sqlite_unlock_notify"
`;
}

function writeRepository(workPath: string, index: number, randomBytes: (size: number) => Uint8Array): void {
  const repository = join(workPath, "data/gitea-repositories/team", `project-${index}.git`);
  writeFiles(repository, {
    HEAD: "ref: refs/heads/main\n",
    config: "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
    "refs/heads/main": `${String(index).padStart(40, "0")}\n`,
    [`objects/pack/pack-${String(index).padStart(40, "a")}.pack`]: randomBytes(5_000),
    "hooks/post-receive": "#!/bin/sh\n",
  });
  mkdirSync(join(repository, "refs/tags"), { recursive: true });
}

function attachmentId(index: number): string {
  return `${index.toString(16).padStart(8, "a")}-0000-4000-8000-000000000000`;
}

// In WAL mode, as Gitea has it.
function writeDatabase(
  file: string,
  { repositories, attachments }: { repositories: number; attachments: number },
): void {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA journal_mode = WAL;
      CREATE TABLE version (id INTEGER PRIMARY KEY, version INTEGER);
      INSERT INTO version VALUES (1, 305);
      CREATE TABLE repository (id INTEGER PRIMARY KEY, owner_name TEXT, name TEXT, description TEXT);
      CREATE TABLE attachment (id INTEGER PRIMARY KEY, uuid TEXT, name TEXT, size INTEGER);
      CREATE TABLE issue (id INTEGER PRIMARY KEY, repo_id INTEGER, name TEXT, content TEXT);
      CREATE INDEX IDX_issue_repo_id ON issue (repo_id);`);
    const repository = database.prepare("INSERT INTO repository VALUES (?, 'team', ?, ?)");
    for (let index = 1; index <= repositories; index += 1)
      repository.run(index, `project-${index}`, `Projekt ${index} 🚀`);
    const attachment = database.prepare("INSERT INTO attachment VALUES (?, ?, ?, 2000)");
    for (let index = 1; index <= attachments; index += 1)
      attachment.run(index, attachmentId(index), `Skizze ${index}.png`);
    const issue = database.prepare("INSERT INTO issue VALUES (?, ?, ?, ?)");
    for (let index = 1; index <= 40; index += 1)
      issue.run(index, 1 + (index % repositories), `Issue ${index}`, "text 😀\n'quoted'");
  } finally {
    database.close();
  }
}

/** SQL that both MariaDB and PostgreSQL take, of a database like that of `buildGitea`, for one that is not on SQLite. */
export function giteaDatabaseSql({ repositories = 2, attachments = 3, issues = 40 } = {}): string {
  const rows = (count: number, row: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => row(index + 1)).join("\n");
  return `
CREATE TABLE version (id bigint PRIMARY KEY, version bigint);
CREATE TABLE repository (id bigint PRIMARY KEY, owner_name varchar(255), name varchar(255), description text);
CREATE TABLE attachment (id bigint PRIMARY KEY, uuid varchar(40) UNIQUE, name varchar(255), size bigint);
CREATE TABLE issue (id bigint PRIMARY KEY, repo_id bigint REFERENCES repository (id), name varchar(255), content text);
INSERT INTO version VALUES (1, 305);
${rows(repositories, (id) => `INSERT INTO repository VALUES (${id}, 'team', 'project-${id}', 'Projekt ''${id}'';');`)}
${rows(attachments, (id) => `INSERT INTO attachment VALUES (${id}, '${attachmentId(id)}', 'Skizze ${id}.png', 2000);`)}
${rows(issues, (id) => `INSERT INTO issue VALUES (${id}, ${1 + (id % repositories)}, 'Issue ${id}', 'text & <b>');`)}
`;
}
