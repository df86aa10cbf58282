import { stat } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { damaged, isBusy, sqliteFailure } from "./failures.ts";

const longestWait = 10_000;
const pause = 100;

/**
 * Opens the database for reading, which never creates one, and hands it over inside a read transaction: all that is read
 * is of one moment, and commits of the application meanwhile do no harm. Waits a while where a writer locks readers out.
 */
export async function readDatabase<T>(
  file: string,
  signal: AbortSignal,
  use: (database: DatabaseSync) => T | Promise<T>,
): Promise<T> {
  try {
    const { size } = await stat(file);
    if (size === 0) throw damaged(file, "it is empty");
    const database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
    try {
      await beginReading(database, signal);
      return await use(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw sqliteFailure(file, error);
  }
}

// SQLite's own waiting would hold up this whole process.
async function beginReading(database: DatabaseSync, signal: AbortSignal): Promise<void> {
  const limit = performance.now() + longestWait;
  for (;;) {
    try {
      database.exec("BEGIN");
      database.prepare("SELECT count(*) FROM sqlite_schema").get();
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > limit) throw error;
      database.exec("ROLLBACK");
      await delay(pause, undefined, { signal });
    }
  }
}
