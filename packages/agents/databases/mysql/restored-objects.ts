import { OperationError } from "@catapullt/core/errors";
import type { DatabaseContext, DatabaseSettings, TargetRequest } from "../engine.ts";
import { enumerate } from "../enumerate.ts";
import { connect } from "./client.ts";
import { readInventory, readServerFacts } from "./inventory.ts";

/** Throws `restore-failed` unless the database has every object that the manifest names. */
export async function requireRecordedObjects(
  settings: DatabaseSettings,
  recorded: TargetRequest["recorded"],
  context: DatabaseContext,
): Promise<void> {
  const ask = await connect(settings, context);
  const facts = await readServerFacts(ask);
  const found = await readInventory(ask, facts, []);
  const fold = (name: string) => (facts.caseSensitive ? name : name.toLowerCase());
  const present = new Set(describeObjects(found).map(fold));
  const missing = describeObjects(recorded).filter((name) => !present.has(fold(name)));
  if (missing.length === 0) return;
  throw new OperationError(
    "restore-failed",
    `the dump was loaded into database ${settings.name}, which lacks ${enumerate(missing)}`,
    {
      hint: "the user may not see all of it, or the client left something out: load the dump by hand as RESTORE.md in the archive says",
    },
  );
}

type Objects = Pick<TargetRequest["recorded"], "tables"> & {
  triggers?: readonly string[] | undefined;
  routines?: readonly string[] | undefined;
  events?: readonly string[] | undefined;
};

function describeObjects({ tables, triggers = [], routines = [], events = [] }: Objects): string[] {
  return [
    ...tables.map(({ kind, name }) => `${kind} ${name}`),
    ...triggers.map((name) => `trigger ${name}`),
    ...routines,
    ...events.map((name) => `event ${name}`),
  ];
}
