import type { DatabaseSync } from "node:sqlite";
import type { JournalMark, Vault } from "../vault/vault.ts";
import { applyReceipt } from "./apply.ts";
import { transaction } from "./database.ts";
import { createStore } from "./store.ts";

/** The journal is not the one that the catalog was made from. */
export class OtherJournal extends Error {}

/** Brings the catalog up to date with the journal; rests after each part. Throws `OtherJournal`. */
export function* followJournal(database: DatabaseSync, vault: Vault): Generator<void> {
  for (;;) {
    const mark = readMark(database);
    const part = vault.readJournal(mark);
    if (part === undefined) throw new OtherJournal();
    if (part.mark.offset === (mark?.offset ?? 0)) return;
    const isOurs = transaction(database, () => {
      if (readMark(database)?.offset !== mark?.offset) return false; // another process was here first
      const store = createStore(database);
      for (const receipt of part.receipts) applyReceipt(receipt, store);
      store.flush();
      writeMark(database, part.mark);
      return true;
    });
    if (isOurs && part.isLast) return;
    yield;
  }
}

function readMark(database: DatabaseSync): JournalMark | undefined {
  return database.prepare("SELECT offset, digest FROM journal").get() as JournalMark | undefined;
}

function writeMark(database: DatabaseSync, { offset, digest }: JournalMark): void {
  database.prepare("INSERT OR REPLACE INTO journal (only, offset, digest) VALUES (1, ?, ?)").run(offset, digest);
}
