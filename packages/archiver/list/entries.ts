import { parseArchiveName } from "@catapullt/core/archive/name";
import { gatherKnowledge } from "../vault/knowledge.ts";
import type { Receipt } from "../vault/receipt.ts";
import type { StoredArchive } from "../vault/vault.ts";

/** One archive in `archiver list`; null where something is not known. Times are ISO 8601 in UTC. */
export interface ListEntry {
  host: string;
  application: string;
  name: string;
  /** When the backup began. */
  time: string;
  bytes: number;
  /** Of the application. */
  version: string | null;
  /** When the archive's hash was last found right. */
  verified: string | null;
  /** When it was last restored as a test. */
  proven: string | null;
}

/** What the vault holds, newest first, with what the receipts know about it. Pure. */
export function listEntries(stored: readonly StoredArchive[], receipts: readonly Receipt[]): ListEntry[] {
  const knowledge = gatherKnowledge(receipts);
  const entries = stored.map((archive): ListEntry => {
    const { version, verifiedAt, provenAt } = knowledge(archive);
    const { host, application, name, bytes } = archive;
    return {
      host,
      application,
      name,
      time: timeOf(name),
      bytes,
      version: version ?? null,
      verified: verifiedAt ?? null,
      proven: provenAt ?? null,
    };
  });
  return entries.sort(
    (one, other) =>
      compare(other.time, one.time) || compare(one.host, other.host) || compare(one.application, other.application),
  );
}

function timeOf(name: string): string {
  const time = parseArchiveName(name)?.time;
  if (time === undefined) throw new Error(`the vault lists only archives, got ${name}`);
  return time.toISOString();
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
