import type { DatabaseContext, DatabaseEngine, DatabaseSettings } from "./engine.ts";

/** An engine whose programs run where the database's settings say: in its container, else on this host. */
export function placedEngine(engine: DatabaseEngine): DatabaseEngine {
  const at = <T extends DatabaseContext>({ container }: DatabaseSettings, context: T): T => ({ ...context, container });
  return {
    ...engine,
    inspect: (settings, context) => engine.inspect(settings, at(settings, context)),
    readVersion: (settings, context) => engine.readVersion(settings, at(settings, context)),
    findDumpTools: (settings, version, context) => engine.findDumpTools(settings, version, at(settings, context)),
    dump: (settings, inventory, context) => engine.dump(settings, inventory, at(settings, context)),
    query: (settings, sql, context) => engine.query(settings, sql, at(settings, context)),
    takeStock: (settings, context) => engine.takeStock(settings, at(settings, context)),
    restore: {
      examine: (request, context) => engine.restore.examine(request, at(request.settings, context)),
      load: (request, context) => engine.restore.load(request, at(request.settings, context)),
    },
  };
}
