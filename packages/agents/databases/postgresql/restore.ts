import { OperationError } from "@catapullt/core/errors";
import type { DatabaseContext, DatabaseRestorer, LoadedDatabase, LoadRequest } from "../engine.ts";
import { openDump } from "./dump-head.ts";
import { loadBeside } from "./load-beside.ts";
import { loadInside } from "./load-inside.ts";
import { stripped } from "./roles.ts";
import { examineTarget, type FoundTarget } from "./target.ts";

/**
 * The way back: a dump is loaded into a database of its own beside the old one, which is renamed at the very end and stays. A user
 * who may not make databases can load into an empty one, in one transaction.
 */
export const postgresqlRestorer: DatabaseRestorer = {
  async examine(request, context) {
    const { title, content, keptAs, notes } = await examineTarget(request, context);
    return { title, content, keptAs, notes };
  },
  async load(request, context) {
    const target = await examineTarget(request, context);
    if (target.content !== undefined && !request.replace) {
      throw new OperationError("restore-refused", `${target.title} is not empty: it has ${target.content}`, {
        hint: "with --replace it is kept under another name and makes room",
      });
    }
    return await load(target, request, context);
  },
};

async function load(target: FoundTarget, request: LoadRequest, context: DatabaseContext): Promise<LoadedDatabase> {
  const { settings } = request;
  const dump = await openDump(request.source, settings.name);
  const step = { target, request, dump, stripsOwners: decideFinally(target, dump.owners, { request, context }) };
  try {
    if (target.placement.kind === "inside") return await loadInside(step, context);
    return await loadBeside({ ...step, maintenance: target.placement.maintenance }, context);
  } finally {
    await dump.close();
  }
}

// The first superuser counts only where the dump gives him something, which its table of contents tells.
function decideFinally(
  { owners, roles, access }: FoundTarget,
  dumped: ReadonlySet<string>,
  { request, context }: { request: LoadRequest; context: DatabaseContext },
): boolean {
  if (owners.strips || request.definer === "keep") return owners.strips;
  const outOfReach = roles.foreign.filter((role) => dumped.has(role));
  if (outOfReach.length > 0)
    context.warn(`${stripped(access.user)}, since he may not create for ${outOfReach.join(", ")}`);
  return outOfReach.length > 0;
}
