import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { DatabaseInventory } from "../engine.ts";
import { countRows, findDamage, listObjects } from "./inventory.ts";

/** What the worker says of the copy whose path it was given. */
export interface Examination {
  damage: string[];
  inventory: DatabaseInventory;
}

parentPort?.postMessage(examine(String(workerData)));

// Immutable: nothing else knows the copy, and no files may come up beside it.
function examine(path: string): Examination {
  const address = pathToFileURL(path);
  address.searchParams.set("immutable", "1");
  const database = new DatabaseSync(address, { readOnly: true });
  try {
    const damage = findDamage(database);
    const inventory = listObjects(database);
    if (damage.length > 0) return { damage, inventory };
    return { damage, inventory: { ...inventory, tables: countRows(database, inventory.tables) } };
  } finally {
    database.close();
  }
}
