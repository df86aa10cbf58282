import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createAwkwardTree } from "@catapullt/testkit/awkward-tree";
import { createRestoreHost, type RestoreHost } from "./restore-host.ts";

export interface Intranet {
  host: RestoreHost;
  uploads: string;
  settings: string;
  database: string;
  archive: string;
}

/** A generic application: a directory, a single file, and an SQLite database inside the directory. */
export async function createIntranet(version = "1.0"): Promise<Intranet> {
  const host = createRestoreHost();
  const uploads = join(host.directory, "srv", "uploads");
  const settings = join(host.directory, "etc", "intranet.conf");
  const database = join(uploads, "data", "intranet.db");
  createAwkwardTree(uploads);
  mkdirSync(dirname(database));
  mkdirSync(dirname(settings));
  writeFileSync(settings, "port = 80\n");
  const connection = new DatabaseSync(database);
  connection.exec(
    "CREATE TABLE page (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO page VALUES (1, '😀'), (2, NULL)",
  );
  connection.close();
  host.configure(intranetConfiguration(host, version));
  return { host, uploads, settings, database, archive: await host.backUp("intranet") };
}

/** The lines of YAML below `applications`. */
export function intranetConfiguration({ directory }: RestoreHost, version: string): string {
  return `  intranet:
    type: generic
    version: { value: "${version}" }
    databases: [{ engine: sqlite, file: ${directory}/srv/uploads/data/intranet.db }]
    paths: [${directory}/srv/uploads, ${directory}/etc/intranet.conf]`;
}

export function titles(database: string): unknown[] {
  const connection = new DatabaseSync(database, { readOnly: true });
  try {
    return connection
      .prepare("SELECT title FROM page ORDER BY id")
      .all()
      .map(({ title }) => title);
  } finally {
    connection.close();
  }
}

/** What `describeTree` says, without the directory of the database, whose file is made anew. */
export function withoutDatabase(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !/^data(\/|$)/.test(path)));
}
