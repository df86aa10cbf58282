import { parseArchiveName } from "@catapullt/core/archive/name";
import { learn } from "../vault/knowledge.ts";
import type { ArchiveReceipt, NumberedReceipt } from "../vault/receipt.ts";
import type { StoredArchive } from "../vault/vault.ts";
import type { ArchiveRow } from "./row.ts";
import type { Store } from "./store.ts";

/** Works one receipt of the journal into the catalog. */
export function applyReceipt({ receipt, offset }: NumberedReceipt, store: Store): void {
  if (receipt.event === "renamed") {
    for (const { application, name } of store.renameHost(receipt.from, receipt.to)) {
      const newest = store.named(application, name).findLast(({ held }) => held);
      if (newest !== undefined) displaceOthers(newest, Date.parse(receipt.at), store);
    }
    return;
  }
  if (parseArchiveName(receipt.name)?.application !== receipt.application) return;
  const known = findRow(receipt, store);
  const wasHeld = known?.held;
  const row = known ?? addRow(receipt, store);
  store.change(row);
  Object.assign(row, learn(row, receipt), { lastEvent: receipt.event, lastOffset: offset });
  work(receipt, row, store);
  // The journal may be wrong about what is there: the directory has the last word.
  if (row.held !== wasHeld) store.forgetNames(row.application);
}

function work(receipt: ArchiveReceipt, row: ArchiveRow, store: Store): void {
  const at = Date.parse(receipt.at);
  switch (receipt.event) {
    case "stored":
      arrive(row, at, store);
      break;
    case "described":
      store.describe(row, JSON.stringify(receipt.contents));
      takePlace(row, at, store);
      break;
    case "verified":
      takePlace(row, at, store);
      break;
    case "pruned":
    case "quarantined":
      row.removedAt = at;
      leave(row, at, store);
      break;
    case "proven":
    case "disproven":
      store.note(row.application, { kind: "drilled", at: receipt.at, result: receipt.event });
      break;
    case "accepted":
      store.note(row.application, { kind: "accepted", name: receipt.name });
      break;
    case "removed":
      break;
  }
}

/** Works in an archive that was found in a directory. */
export function appear(found: StoredArchive, now: number, store: Store): void {
  const row = findRow(found, store) ?? addRow({ ...found, sha1: found.sha1 ?? "" }, store);
  store.change(row);
  takePlace(row, now, store);
}

/** Works in that an archive is not where the catalog thought it. */
export function disappear(lost: StoredArchive, now: number, store: Store): void {
  const row = findRow(lost, store);
  if (row === undefined || !row.held) return;
  store.change(row);
  leave(row, row.removedAt ?? now, store);
}

type Identity = Pick<ArchiveReceipt, "host" | "application" | "name" | "bytes" | "sha1">;

// Hash and size belong to the key: a receipt says nothing about another file of the same name.
function findRow({ host, application, name, bytes, sha1 = "" }: StoredArchive, store: Store): ArchiveRow | undefined {
  const rows = store.named(store.applicationId(host, application), name);
  return rows.find((row) => row.bytes === bytes && row.sha1 === sha1);
}

function addRow({ host, application, name, bytes, sha1 }: Identity, store: Store): ArchiveRow {
  const time = parseArchiveName(name)?.time.getTime();
  if (time === undefined) throw new Error(`the catalog knows only archives, got ${name}`);
  const id = store.applicationId(host, application);
  const row: ArchiveRow = {
    application: id,
    // Whatever is said of an archive, it was there then; two of one name cannot be.
    held: !store.named(id, name).some(({ held }) => held),
    name,
    bytes,
    sha1,
    time,
    version: undefined,
    verifiedAt: undefined,
    provenAt: undefined,
    recoverySeconds: undefined,
    findings: undefined,
    arrivedAt: undefined,
    removedAt: undefined,
    goneAt: undefined,
    lastEvent: undefined,
    lastOffset: 0,
  };
  store.add(row);
  return row;
}

function arrive(row: ArchiveRow, at: number, store: Store): void {
  if (!row.held || row.arrivedAt === undefined) {
    row.arrivedAt = at;
    store.flow(at, { arrived: row.bytes });
  }
  row.removedAt = undefined;
  displaceOthers(row, at, store);
  Object.assign(row, { held: true, goneAt: undefined });
}

/** The archive is there: what was taken for its leaving was none. */
function takePlace(row: ArchiveRow, at: number, store: Store): void {
  if (row.goneAt !== undefined) store.flow(row.goneAt, { gone: -row.bytes });
  displaceOthers(row, at, store);
  Object.assign(row, { held: true, goneAt: undefined });
}

function displaceOthers(row: ArchiveRow, at: number, store: Store): void {
  for (const other of store.named(row.application, row.name)) {
    if (other === row || !other.held) continue;
    store.change(other);
    leave(other, at, store);
  }
}

function leave(row: ArchiveRow, at: number, store: Store): void {
  if (!row.held) return;
  Object.assign(row, { held: false, goneAt: at });
  store.flow(at, { gone: row.bytes });
}
