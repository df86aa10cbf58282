import type { DatabaseSync } from "node:sqlite";
import { OperationError } from "@catapullt/core/errors";
import type { StoredArchive, Vault } from "../vault/vault.ts";
import { appear, disappear } from "./apply.ts";
import type { ApplicationId, CatalogScope, UnreadableHost } from "./catalog.ts";
import { transaction } from "./database.ts";
import { applicationsIn, type KnownApplication } from "./scope.ts";
import { createStore } from "./store.ts";

export interface LookAround {
  vault: Vault;
  scope: CatalogScope;
  isThorough: boolean;
  /** What the vault has directories of. */
  hosts: readonly string[];
  now: number;
  /** Filled with the hosts whose directories cannot be read. */
  unreadable: UnreadableHost[];
}

/** Up to so many archives, each is looked at; of more, only names that are new. */
const thoroughLimit = 2_000;
const changesAtOnce = 20_000;

/** Brings the catalog up to date with the vault's directories; rests after each host. */
export function* lookAround(database: DatabaseSync, task: LookAround): Generator<void> {
  const applications = applicationsIn(database, task.scope);
  const known = Map.groupBy(applications, ({ host }) => host);
  const heldOf = prepareHeld(database);
  const isThorough = task.isThorough || countHeld(database, applications) <= thoroughLimit;
  let changes: Change[] = [];
  for (const host of new Set([...task.hosts, ...known.keys()])) {
    try {
      changes.push(...findChanges({ host, known: known.get(host) ?? [], heldOf, isThorough }, task));
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      task.unreadable.push({ host, error });
    }
    if (changes.length >= changesAtOnce) changes = workIn(database, changes, task.now);
    yield;
  }
  workIn(database, changes, task.now);
}

type Change =
  | { kind: "found"; archive: StoredArchive }
  | { kind: "lost"; archive: StoredArchive }
  | { kind: "names"; id: ApplicationId; stamp: string | undefined; unsealed: readonly string[] };
type HeldFile = Pick<StoredArchive, "name" | "bytes" | "sha1">;

interface HostTask {
  host: string;
  known: readonly KnownApplication[];
  heldOf: (application: number) => Map<string, HeldFile>;
  isThorough: boolean;
}

function* findChanges({ host, known, heldOf, isThorough }: HostTask, task: LookAround): Generator<Change> {
  const { vault, scope } = task;
  const applications = new Map(known.map((one) => [one.application, one]));
  const isKnown = (application: string, stamp: string) => applications.get(application)?.stamp === stamp;
  const listed = vault.listNames(host, {
    application: scope.application,
    ...(isThorough ? {} : { isKnown }),
  });
  for (const { application, stamp, finished, unsealed = [] } of listed) {
    const id = { host, application };
    const before = applications.get(application);
    applications.delete(application);
    if (finished === undefined) continue;
    const held = before === undefined ? new Map<string, HeldFile>() : heldOf(before.id);
    yield* compare({ ...id, finished, held, isThorough }, vault);
    if (before === undefined ? finished.length + unsealed.length > 0 : isChanged(before, { stamp, unsealed }))
      yield { kind: "names", id, stamp, unsealed };
  }
  for (const { application, id, stamp } of applications.values()) {
    for (const file of heldOf(id).values()) yield { kind: "lost", archive: { host, application, ...file } };
    if (stamp !== undefined) yield { kind: "names", id: { host, application }, stamp: undefined, unsealed: [] };
  }
}

function isChanged(before: KnownApplication, now: { stamp: string | undefined; unsealed: readonly string[] }): boolean {
  return before.stamp !== now.stamp || before.unsealed.join("/") !== now.unsealed.join("/");
}

interface Comparison extends ApplicationId {
  finished: readonly string[];
  held: Map<string, HeldFile>;
  isThorough: boolean;
}

function* compare({ host, application, finished, held, isThorough }: Comparison, vault: Vault): Generator<Change> {
  for (const name of finished) {
    const file = held.get(name);
    held.delete(name);
    if (file !== undefined && !isThorough) continue;
    const archive = vault.look({ host, application, name });
    if (file !== undefined && archive?.bytes === file.bytes && archive.sha1 === file.sha1) continue;
    if (archive !== undefined) yield { kind: "found", archive };
    else if (file !== undefined) yield { kind: "lost", archive: { host, application, ...file } };
  }
  for (const file of held.values()) yield { kind: "lost", archive: { host, application, ...file } };
}

function workIn(database: DatabaseSync, changes: readonly Change[], now: number): [] {
  if (changes.length === 0) return [];
  transaction(database, () => {
    const store = createStore(database);
    for (const change of changes) {
      if (change.kind === "found") appear(change.archive, now, store);
      else if (change.kind === "lost") disappear(change.archive, now, store);
      else store.noteNames(store.applicationId(change.id.host, change.id.application), change);
    }
    store.flush();
  });
  return [];
}

function prepareHeld(database: DatabaseSync): (application: number) => Map<string, HeldFile> {
  const statement = database.prepare("SELECT name, bytes, sha1 FROM archive WHERE application = ? AND held = 1");
  statement.setReturnArrays(true);
  return (application) => {
    const rows = statement.all(application) as unknown as [string, number, string][];
    return new Map(rows.map(([name, bytes, sha1]) => [name, { name, bytes, sha1: sha1 === "" ? undefined : sha1 }]));
  };
}

function countHeld(database: DatabaseSync, applications: readonly KnownApplication[]): number {
  const count = database.prepare("SELECT count(*) AS count FROM archive WHERE application = ? AND held = 1");
  let sum = 0;
  for (const { id } of applications) {
    sum += (count.get(id) as { count: number }).count;
    if (sum > thoroughLimit) break;
  }
  return sum;
}
