import type { DatabaseContext, LoadedDatabase } from "../engine.ts";
import { finishDatabase } from "./finish.ts";
import { asBefore, loadDump } from "./load.ts";
import type { LoadStep } from "./load-beside.ts";
import { requireRecordedObjects } from "./restored-objects.ts";

/** Loads into an empty database, in one transaction: a load that fails leaves nothing. */
export async function loadInside(
  { target, request, dump, stripsOwners }: LoadStep,
  context: DatabaseContext,
): Promise<LoadedDatabase> {
  const { settings, recorded } = request;
  try {
    await loadDump({ tool: target.tool, settings, source: dump.source, stripsOwners, isOneTransaction: true }, context);
  } catch (error) {
    throw asBefore(error, settings, context);
  }
  await requireRecordedObjects(settings, recorded, context);
  const isOwn = target.access.existing?.isOwn === true;
  const maintenance = target.access.maintenance ?? settings;
  const statements = isOwn ? dump.database.statements : [];
  await finishDatabase({ settings, maintenance, statements, stripsOwners }, context);
  return { kept: undefined, publish: async () => undefined, discard: async () => {} };
}
