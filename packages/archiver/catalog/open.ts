import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate as rest } from "node:timers/promises";
import type { Logger } from "@catapullt/core/log/logger";
import type { Vault } from "../vault/vault.ts";
import type { Catalog, CatalogScope, UnreadableHost } from "./catalog.ts";
import { OtherVersion, openDatabase, openInMemory } from "./database.ts";
import { lookAround } from "./directories.ts";
import { followJournal, OtherJournal } from "./follow.ts";
import { createQueries, type Queries } from "./queries.ts";
import { judgeTrouble, removeDatabase, setAside, type Trouble } from "./trouble.ts";

export const catalogFile = "catalog.sqlite";

export interface OpenCatalogOptions {
  log: Logger;
  signal: AbortSignal;
  scope?: CatalogScope;
  /** Looks at each archive and its sidecar, however many there are: takes a while in a large vault. */
  isThorough?: boolean;
}

interface Opening extends Required<OpenCatalogOptions> {
  vault: Vault;
  path: string;
  hosts: readonly string[];
  unreadable: UnreadableHost[];
}

/**
 * Opens the catalog and brings it up to date, with the journal and with the directories of the scope. One that is damaged
 * or does not belong to this journal is set aside and made anew; where none can be kept, this one is in memory only.
 */
export async function openCatalog(
  vault: Vault,
  { log, signal, scope = {}, isThorough = false }: OpenCatalogOptions,
): Promise<Catalog> {
  const hosts = scope.hosts ?? (await vault.hosts());
  const opening: Opening = {
    vault,
    log,
    signal,
    scope,
    isThorough,
    hosts,
    path: join(vault.ownDirectory, catalogFile),
    unreadable: [],
  };
  const steps = open(opening);
  for (;;) {
    signal.throwIfAborted();
    const step = steps.next();
    if (step.done) return createCatalog(step.value, opening);
    await rest();
  }
}

const attempts = 3;

/** Opens and brings up to date; rests between steps. */
function* open(opening: Opening): Generator<void, DatabaseSync> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const result = yield* openOnDisk(opening);
    if (!("trouble" in result)) return result.database;
    if (!repair(result.trouble, opening)) break;
  }
  const database = openInMemory();
  yield* bringUpToDate(database, opening);
  return database;
}

function* openOnDisk(opening: Opening): Generator<void, { database: DatabaseSync } | { trouble: Trouble }> {
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(opening.path);
    yield* bringUpToDate(database, opening);
    return { database };
  } catch (error) {
    database?.close();
    if (error instanceof OtherJournal) return { trouble: { kind: "other-journal" } };
    if (error instanceof OtherVersion) return { trouble: { kind: "other-version" } };
    return { trouble: judgeTrouble(error, opening.path) };
  }
}

function* bringUpToDate(database: DatabaseSync, opening: Opening): Generator<void> {
  yield* followJournal(database, opening.vault);
  opening.unreadable.length = 0;
  yield* lookAround(database, { ...opening, now: Date.now() });
}

/** Whether it is worth trying again. */
function repair(trouble: Trouble, { path, log }: Pick<Opening, "path" | "log">): boolean {
  switch (trouble.kind) {
    case "damaged":
      return setAside(path, "corrupt", {
        log,
        why: `the catalog ${path} is damaged (${trouble.message}): it is made anew from the vault`,
      });
    case "other-journal":
      return setAside(path, "former", {
        log,
        why: `the catalog ${path} was made from another receipts.jsonl than the one beside it: it is made anew`,
      });
    case "other-version":
      return removeDatabase(path);
    case "moved":
      return true;
    case "unusable":
      log.debug(`the catalog ${path} cannot be used (${trouble.message}): one is made in memory, for this run only`);
      return false;
    case "busy":
      log.warn(`the catalog ${path} cannot be written (${trouble.message}): one is made in memory, for this run only`);
      return false;
  }
}

function createCatalog(opened: DatabaseSync, opening: Opening): Catalog {
  let database = opened;
  let queries = createQueries(database, opening.scope);
  // Damage may be met only where somebody reads: the question is then asked of a new catalog.
  const ask = <Answer>(question: (queries: Queries) => Answer): Answer => {
    try {
      return question(queries);
    } catch (error) {
      const trouble = judgeTrouble(error, opening.path);
      if (trouble.kind !== "damaged" || !database.isOpen) throw error;
      database.close();
      repair(trouble, opening);
      database = finish(open(opening));
      queries = createQueries(database, opening.scope);
      return question(queries);
    }
  };
  return {
    unreadable: opening.unreadable,
    applications: (scope) => ask((ready) => ready.applications(scope)),
    held: (scope) => ask((ready) => ready.held(scope)),
    history: (scope, newest) => ask((ready) => ready.history(scope, newest)),
    unsealed: (scope) => ask((ready) => ready.unsealed(scope)),
    undescribed: (scope) => ask((ready) => ready.undescribed(scope)),
    totals: () => ask((ready) => ready.totals()),
    accepted: (id) => ask((ready) => ready.accepted(id)),
    lastProof: (id) => ask((ready) => ready.lastProof(id)),
    lastDrill: (id) => ask((ready) => ready.lastDrill(id)),
    flows: () => ask((ready) => ready.flows()),
    arrivedAs: (id) => ask((ready) => ready.arrivedAs(id)),
    prunedAs: (id) => ask((ready) => ready.prunedAs(id)),
    close() {
      if (database.isOpen) database.close();
    },
  };
}

function finish<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
