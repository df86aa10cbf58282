import type { RestoredData, RestoredDatabase, RestoredFiles } from "./sanity.ts";

/** The only database of an application; to be called by checks that need it. */
export function onlyDatabase({ databases: [database] }: RestoredData): RestoredDatabase {
  if (database === undefined) throw new Error("unreachable: the check needs a database");
  return database;
}

/** The restored files; to be called by checks that need them. */
export function filesOf({ files }: RestoredData): RestoredFiles {
  if (files === undefined) throw new Error("unreachable: the check needs files");
  return files;
}

/** How many rows a table has; 0 where there is no such table. */
export async function countRows(database: RestoredDatabase, name: string, where = "1 = 1"): Promise<number> {
  const table = database.table(name);
  if (table === undefined) return 0;
  const [[rows = "0"] = []] = await database.query(`SELECT COUNT(*) FROM ${table} WHERE ${where}`);
  return Number(rows);
}
