import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, test } from "vitest";
import { holdDrill } from "./drill-host.ts";
import { createRestoreHost } from "./restore-host.ts";

interface Subject {
  type: string;
  /** Relative to the host's directory. */
  files: Record<string, string>;
  database: string;
  sql: (directory: string) => string;
  settings: (directory: string) => object;
  /** Every question's figures when all is well. */
  figures: { what: string; count: number }[];
}

const subjects: readonly Subject[] = [
  {
    type: "grafana",
    files: {
      "grafana/grafana.ini": "[server]\nhttp_port = 3000\n",
      "grafana/provisioning/dashboards/a.yaml": "providers:\n  - options:\n      path: DIRECTORY/dashboards\n",
      "dashboards/hosts.json": "{}",
      "data/plugins/x/plugin.json": "{}",
    },
    database: "data/grafana.db",
    sql: (
      directory,
    ) => `CREATE TABLE dashboard (id INTEGER PRIMARY KEY); CREATE TABLE data_source (id INTEGER PRIMARY KEY);
      CREATE TABLE "user" (id INTEGER PRIMARY KEY); INSERT INTO "user" VALUES (1);
      CREATE TABLE dashboard_provisioning (id INTEGER PRIMARY KEY, external_id TEXT);
      INSERT INTO dashboard_provisioning VALUES (1, '${directory}/dashboards/hosts.json')`,
    settings: (directory) => ({ home: join(directory, "data"), configFile: join(directory, "grafana/grafana.ini") }),
    figures: [
      { what: "dashboards", count: 0 },
      { what: "data sources", count: 0 },
      { what: "users", count: 1 },
      { what: "provisioned dashboards", count: 1 },
    ],
  },
  {
    type: "vaultwarden",
    files: {
      "vault/.env": "DATA_FOLDER=DIRECTORY/vault/data\nATTACHMENTS_FOLDER=DIRECTORY/attachments\n",
      "vault/data/rsa_key.pem": "key",
      "attachments/c1/a1": "attachment",
    },
    database: "vault/data/db.sqlite3",
    sql: () => `CREATE TABLE users (uuid TEXT); INSERT INTO users VALUES ('u'); CREATE TABLE ciphers (uuid TEXT);
      CREATE TABLE attachments (id TEXT, cipher_uuid TEXT); INSERT INTO attachments VALUES ('a1', 'c1')`,
    settings: (directory) => ({ configFile: join(directory, "vault/.env") }),
    figures: [
      { what: "users", count: 1 },
      { what: "items", count: 0 },
      { what: "organizations", count: 0 },
      { what: "attachments", count: 1 },
    ],
  },
  {
    type: "redmine",
    files: {
      "redmine/lib/redmine/version.rb": "MAJOR = 6\nMINOR = 0\nTINY = 2\n",
      "redmine/config/database.yml": "production:\n  adapter: sqlite3\n  database: db/redmine.sqlite3\n",
      "redmine/config/configuration.yml": "default:\n  attachments_storage_path: DIRECTORY/files\n",
      "redmine/config/master.key": "key",
      "files/2026/01/a.png": "attachment",
    },
    database: "redmine/db/redmine.sqlite3",
    sql: () => `CREATE TABLE projects (id INTEGER PRIMARY KEY); CREATE TABLE issues (id INTEGER PRIMARY KEY);
      CREATE TABLE users (id INTEGER PRIMARY KEY, type TEXT); INSERT INTO users VALUES (1, 'User');
      CREATE TABLE schema_migrations (version TEXT); INSERT INTO schema_migrations VALUES ('20230818020734'), ('7-plugin');
      CREATE TABLE attachments (id INTEGER PRIMARY KEY, disk_directory TEXT, disk_filename TEXT);
      INSERT INTO attachments VALUES (1, '2026/01', 'a.png')`,
    settings: (directory) => ({ home: join(directory, "redmine") }),
    figures: [
      { what: "users", count: 1 },
      { what: "projects", count: 0 },
      { what: "issues", count: 0 },
      { what: "attachments", count: 1 },
    ],
  },
];

test.each(subjects)("a $type on SQLite is backed up while it runs, and a drill finds it whole", async (subject) => {
  const host = createRestoreHost();
  const directory = join(host.directory, "host");
  const { type, files, database, sql, settings, figures } = subject;
  const written = Object.entries(files).map(([path, text]) => [path, text.replaceAll("DIRECTORY", directory)]);
  writeFiles(directory, { ...Object.fromEntries(written), [database]: "" });
  const connection = new DatabaseSync(join(directory, database));
  connection.exec(`PRAGMA journal_mode = WAL; ${sql(directory)}`);
  host.configure(`  ${type}: ${JSON.stringify({ version: { value: "1.0.0" }, ...settings(directory) })}`);
  // The server is still connected, and its write-ahead log not yet in the file.
  const archive = await host.backUp(type);
  connection.close();
  const { exitCode, report } = await holdDrill(host, archive);
  expect([exitCode, report?.findings, report?.figures]).toEqual([0, [], figures]);
});
