import type { KnownArchive } from "../catalog/catalog.ts";

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

/** What the vault holds, newest first, then by host and application. Pure. */
export function listEntries(archives: readonly KnownArchive[]): ListEntry[] {
  return archives.toSorted(newestFirst).map(({ host, application, name, time, bytes, ...known }) => ({
    host,
    application,
    name,
    time: time.toISOString(),
    bytes,
    version: known.version ?? null,
    verified: known.verifiedAt ?? null,
    proven: known.provenAt ?? null,
  }));
}

function newestFirst(one: KnownArchive, other: KnownArchive): number {
  return (
    other.time.getTime() - one.time.getTime() ||
    compare(one.host, other.host) ||
    compare(one.application, other.application)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
