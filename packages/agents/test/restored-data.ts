import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Manifest, ManifestDatabase } from "@catapullt/core/archive/manifest";
import { onTestFinished } from "vitest";
import type { Host } from "../applications/host.ts";
import type { RestoredData, RestoredDatabase } from "../applications/sanity/sanity.ts";

export interface RestoredParts {
  application: string;
  /** The database's name, as the archive has it. */
  database: string;
  /** What makes its tables. */
  sql: string;
  /** Where the files are, as they were on the host. */
  host: Host;
  /** The trees' roots by their labels. */
  roots: Readonly<Record<string, string>>;
}

/** Data as a drill would have restored them: a SQLite database, and the files of a fixture. */
export function restoredData({ application, database: name, sql, host, roots }: RestoredParts): RestoredData {
  const database = new DatabaseSync(":memory:");
  onTestFinished(() => database.close());
  database.exec(sql);
  const tables = database
    .prepare("SELECT name FROM sqlite_schema")
    .all()
    .map((row) => String(row.name));
  const restored: RestoredDatabase = {
    engine: "sqlite",
    recorded: { name, engine: "sqlite" } as ManifestDatabase,
    async query(statement) {
      const rows = database.prepare(statement).all();
      return rows.map((row) => Object.values(row).map((value) => (value === null ? null : String(value))));
    },
    table(wanted) {
      const spelled = tables.find((table) => table.toLowerCase() === wanted.toLowerCase());
      return spelled === undefined ? undefined : `"${spelled}"`;
    },
  };
  return {
    manifest: { application } as Manifest,
    databases: [restored],
    files: {
      host,
      root: (label) => roots[label],
      async *walk(directory) {
        const entries = readdirSync(host.locate(directory), { recursive: true, withFileTypes: true });
        for (const entry of entries)
          if (entry.isFile()) yield join("/", entry.parentPath.slice(host.root.length), entry.name);
      },
    },
  };
}
