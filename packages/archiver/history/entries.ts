import type { RecordedArchive } from "../catalog/catalog.ts";
import type { ArchiveContents } from "../vault/contents.ts";

/** One backup in `archiver history`; null where something is not known. Times are ISO 8601 in UTC. */
export interface HistoryEntry {
  host: string;
  application: string;
  /** When the backup began. */
  time: string;
  /** Of the archive. */
  bytes: number;
  /** How long the backup took. */
  seconds: number | null;
  /** Of the application. */
  version: string | null;
  /** Of the archive. */
  name: string;
  inVault: boolean;
  /** Of all dumps in it, uncompressed. */
  dumpBytes: number | null;
  /** Of all trees in it, uncompressed. */
  treeBytes: number | null;
  treeFiles: number | null;
}

/** Pure. */
export function historyEntry(archive: RecordedArchive): HistoryEntry {
  const { host, application, name, time, bytes, version, goneAt, contents } = archive;
  return {
    host,
    application,
    time: time.toISOString(),
    bytes,
    seconds: backupSeconds(contents) ?? null,
    version: version ?? null,
    name,
    inVault: goneAt === undefined,
    dumpBytes: contents === undefined ? null : sum(contents.databases.map((database) => database.bytes)),
    treeBytes: contents === undefined ? null : sum(contents.trees.map((tree) => tree.bytes)),
    treeFiles: contents === undefined ? null : sum(contents.trees.map(({ files }) => files)),
  };
}

/** How long a backup took by its host's clock; undefined where that was set back meanwhile. */
export function backupSeconds(contents: ArchiveContents | undefined): number | undefined {
  if (contents === undefined) return undefined;
  const seconds = (Date.parse(contents.endedAt) - Date.parse(contents.startedAt)) / 1000;
  return seconds >= 0 ? seconds : undefined;
}

/** Oldest first, then by host and application. */
export function sortEntries(entries: HistoryEntry[]): HistoryEntry[] {
  return entries.sort(
    (one, other) =>
      compare(one.time, other.time) || compare(one.host, other.host) || compare(one.application, other.application),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
