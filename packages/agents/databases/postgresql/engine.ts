import type { DatabaseContext, DatabaseEngine, DatabaseInventory, DatabaseSettings } from "../engine.ts";
import { enumerate } from "../enumerate.ts";
import { placedEngine } from "../placed-engine.ts";
import { connect, queryDatabase } from "./client.ts";
import { dumpDatabase } from "./dump.ts";
import { findDumpDamage } from "./dump-ends.ts";
import { listHiddenMappings, readServerFacts } from "./facts.ts";
import { readInventory } from "./inventory.ts";
import { requirePrivileges } from "./privileges.ts";
import { parseRecordedRelease } from "./release.ts";
import { postgresqlRestorer } from "./restore.ts";
import { restoreGuide } from "./restore-guide.ts";
import { takeStock } from "./stock.ts";
import { startThrowaway } from "./throwaway.ts";
import { findDumpTools, findTool } from "./tools.ts";

/** PostgreSQL, from 10 on: an archive in pg_dump's custom format, which pg_restore reads whole before it counts. */
export const postgresqlEngine: DatabaseEngine = placedEngine({
  names: ["postgresql"],
  memberExtension: "dump",
  inspect,
  readVersion: async (settings, context) => (await readServerFacts(await connect(settings, context))).version,
  async findDumpTools(_, serverVersion, context) {
    const release = serverVersion === undefined ? 0 : parseRecordedRelease(serverVersion);
    const [{ dump, restore }, psql] = await Promise.all([
      findDumpTools({ release }, context),
      findTool("psql", 0, context),
    ]);
    return { titles: [dump.title, restore.title, psql.title], warnings: [] };
  },
  dump: dumpDatabase,
  query: queryDatabase,
  findDumpDamage,
  restore: postgresqlRestorer,
  takeStock,
  startThrowaway,
  restoreCommands: restoreGuide,
});

async function inspect(settings: DatabaseSettings, context: DatabaseContext): Promise<DatabaseInventory> {
  if (settings.skip.length > 0)
    context.warn(`\`skip\` has no effect on ${settings.name}: a PostgreSQL database is dumped whole`);
  const ask = await connect(settings, context);
  const facts = await readServerFacts(ask);
  await requirePrivileges(ask, settings, facts);
  await findDumpTools(facts, context);
  const hidden = facts.isSuperuser ? [] : await listHiddenMappings(ask);
  if (hidden.length > 0) {
    context.warn(
      `the dump of database ${settings.name} lacks the passwords of user mappings that only a superuser may read, for the foreign servers ${enumerate(hidden)}`,
    );
  }
  return await readInventory(ask, facts);
}
