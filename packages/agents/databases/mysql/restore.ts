import { errorMessage, OperationError } from "@catapullt/core/errors";
import type {
  DatabaseContext,
  DatabaseEngine,
  DatabaseRestorer,
  KeptContent,
  LoadedDatabase,
  LoadRequest,
  TargetRequest,
} from "../engine.ts";
import { connectToServer, findClient } from "./client.ts";
import { keepAsDump } from "./keep.ts";
import { loadDump } from "./load.ts";
import { requireRecordedObjects } from "./restored-objects.ts";
import { examineTarget, type FoundTarget, quoteIdentifier, readContent, recordedCharacters } from "./target.ts";

const clearLimit = 120_000;

/**
 * The way back. What a database held is kept as a dump, proven whole before anything is dropped, and not by renaming its tables
 * into another database: triggers forbid that (error 1435), views, routines and events cannot follow, it takes rights
 * that an application's user has not, and a failure half-way would leave one application in two databases.
 */
export function createRestorer(dumper: Pick<DatabaseEngine, "inspect" | "dump">): DatabaseRestorer {
  const examined = new WeakMap<TargetRequest["settings"], { request: TargetRequest; target: FoundTarget }>();
  return {
    async examine(request, context) {
      const target = await examineTarget(request, context);
      examined.set(request.settings, { request, target });
      const { title, content, keptAs, notes } = target;
      return { title, content, keptAs, notes };
    },
    async load(request, context) {
      const known = examined.get(request.settings);
      const isKnown = known?.request.recorded === request.recorded && known.request.definer === request.definer;
      // Meanwhile somebody may have filled it; the rest is as it was.
      const target = isKnown
        ? { ...known.target, ...(await readContent(known.target.ask, request.settings.name)) }
        : await examineTarget(request, context);
      if (target.content !== undefined && !request.replace) {
        throw new OperationError("restore-refused", `${target.title} is not empty: it has ${target.content}`, {
          hint: "with --replace its content is kept as a dump and makes room",
        });
      }
      const kept = target.content === undefined ? undefined : await keepAsDump(dumper, request, context);
      return await loadInto(target, { request, context, kept });
    },
  };
}

interface LoadStep {
  request: LoadRequest;
  context: DatabaseContext;
  kept: KeptContent | undefined;
}

async function loadInto(target: FoundTarget, { request, context, kept }: LoadStep): Promise<LoadedDatabase> {
  const { settings, recorded, source } = request;
  const name = quoteIdentifier(settings.name);
  let isTouched = false;
  try {
    const tool = await findClient(settings, context);
    context.signal.throwIfAborted();
    isTouched = true;
    await target.ask(
      `${kept === undefined ? "" : `${dropStatements(name)}; `}CREATE DATABASE IF NOT EXISTS ${name}${characters(recorded)}`,
    );
    if (kept === undefined && target.existing !== undefined)
      await target.ask(`ALTER DATABASE ${name}${characters(recorded)}`);
    await loadDump({ tool, settings, source, stripsDefiners: target.definers.strips }, context);
    await requireRecordedObjects(settings, recorded, context);
    return { kept, publish: async () => undefined, discard: async () => {} };
  } catch (error) {
    const state = isTouched ? await takeBack(target, { request, context, kept }) : undefined;
    context.signal.throwIfAborted();
    throw explained(error, state, kept);
  }
}

function characters(recorded: LoadRequest["recorded"]): string {
  const { characterSet, collation } = recordedCharacters(recorded);
  return [
    ...(characterSet === undefined ? [] : [` CHARACTER SET ${characterSet}`]),
    ...(collation === undefined ? [] : [` COLLATE ${collation}`]),
  ].join("");
}

// Tables of other databases may refer to it; and a session that holds a lock must not hold this up for ever.
function dropStatements(name: string): string {
  return `SET SESSION lock_wait_timeout = 60, SESSION foreign_key_checks = 0; DROP DATABASE IF EXISTS ${name}`;
}

/** Half a database must not be taken for a whole one: what had been loaded goes away again. Says how the database is now. */
async function takeBack(target: FoundTarget, { request, context, kept }: LoadStep): Promise<string> {
  const name = quoteIdentifier(request.settings.name);
  const { existing } = target;
  const remake =
    existing === undefined
      ? ""
      : `; CREATE DATABASE ${name} CHARACTER SET ${existing.characterSet} COLLATE ${existing.collation}`;
  try {
    const ask = await connectToServer(request.settings, { ...context, signal: AbortSignal.timeout(clearLimit) });
    await ask(`${dropStatements(name)}${remake}`);
    const state = existing === undefined ? "it does not exist, as before" : "it is empty now";
    context.log.warn(
      `database ${request.settings.name}: ${state}${kept === undefined ? "" : `; ${describeKept(kept)}`}`,
    );
    return state;
  } catch (error) {
    const state = `half of the dump is in it, which could not be taken out again (${errorMessage(error)})`;
    context.log.error(
      `database ${request.settings.name}: ${state}${kept === undefined ? "" : `; ${describeKept(kept)}`}`,
    );
    return state;
  }
}

function describeKept({ what, path, comesBackBy }: KeptContent): string {
  return `${what} is in ${path} and comes back by: ${comesBackBy}`;
}

function explained(error: unknown, state: string | undefined, kept: KeptContent | undefined): unknown {
  if (!(error instanceof OperationError) || state === undefined) return error;
  const hint = [error.hint, kept === undefined ? undefined : describeKept(kept)].filter((line) => line !== undefined);
  return new OperationError("restore-failed", `${error.message}\nthe database was left as follows: ${state}`, {
    hint: hint.length === 0 ? undefined : hint.join("\n"),
    cause: error,
  });
}
