import { OperationError } from "@catapullt/core/errors";
import type { DatabaseContext, DatabaseEngine, DatabaseInventory, DatabaseSettings } from "../engine.ts";
import { placedEngine } from "../placed-engine.ts";
import { type Ask, connect } from "./client.ts";
import { dumpDatabase } from "./dump.ts";
import { findDumpDamage } from "./dump-ends.ts";
import { listEndlessEvents, readInventory, readServerFacts, tablesWithoutTransactions } from "./inventory.ts";
import { requirePrivileges } from "./privilege-check.ts";
import { createRestorer } from "./restore.ts";
import { restoreGuide } from "./restore-guide.ts";
import { takeStock } from "./stock.ts";
import { startThrowaway } from "./throwaway.ts";
import { findDumpTools } from "./tool-suitability.ts";
import { findTool } from "./tools.ts";

/** MySQL and MariaDB, and what calls itself one of them: what differs follows from the versions that they tell. */
export const mysqlEngine: DatabaseEngine = placedEngine({
  names: ["mysql", "mariadb"],
  memberExtension: "sql",
  inspect,
  readVersion: async (settings, context) => (await readServerFacts(await connect(settings, context))).product.text,
  findDumpTools,
  dump: dumpDatabase,
  async query(settings, sql, context) {
    const rows = await (await connect(settings, context))(sql);
    // The client prints the same for NULL and for the text NULL, which is the rarer of the two.
    return rows.map((row) => row.map((field) => (field === "NULL" ? null : field)));
  },
  findDumpDamage,
  restore: createRestorer({ inspect, dump: dumpDatabase }),
  takeStock,
  startThrowaway,
  restoreCommands: restoreGuide,
});

async function inspect(settings: DatabaseSettings, context: DatabaseContext): Promise<DatabaseInventory> {
  const ask = await connect(settings, context);
  const facts = await readServerFacts(ask);
  const inventory = await readInventory(ask, facts, settings.skip);
  await requirePrivileges(ask, settings, { facts, hasViews: inventory.tables.some(({ kind }) => kind === "view") });
  if (!settings.skip.includes("events")) await refuseEndlessEvents(ask, settings);
  await findTool("dump", facts.product.flavour, context);
  const unsafe = tablesWithoutTransactions(inventory);
  if (unsafe.length > 0) {
    context.warn(
      `tables of database ${settings.name} that cannot be frozen while they are dumped, and may not fit the others: ` +
        unsafe.map(({ name, storage }) => `${name} (${storage})`).join(", "),
    );
  }
  return inventory;
}

async function refuseEndlessEvents(ask: Ask, { name }: DatabaseSettings): Promise<void> {
  const events = await listEndlessEvents(ask);
  if (events.length === 0) return;
  throw new OperationError(
    "dump-failed",
    `events of database ${name} hold \`;;\`, at which mysqldump and mariadb-dump hang for ever: ${events.join(", ")}`,
    { hint: "write `; ;` instead (ALTER EVENT), or leave events out on purpose: database: { skip: [events] }" },
  );
}
