import type { Logger } from "@catapullt/core/log/logger";
import { escapeControls } from "@catapullt/core/printable";
import type { ApplicationId, Catalog, RecordedArchive } from "../catalog/catalog.ts";
import { backupSeconds, type HistoryEntry, historyEntry, sortEntries } from "./entries.ts";
import type { Backup } from "./overview.ts";

/** Which backups of an application are meant. */
export interface Window {
  now: Date;
  /** Milliseconds; all where it is undefined. */
  since: number | undefined;
}

export interface ApplicationHistory extends ApplicationId {
  /** Oldest first. */
  history: readonly RecordedArchive[];
}

/** What is known of these applications' backups. One host's are read after the other's: together they may be more than fits into memory. */
export function* readHistories(catalog: Catalog, ids: readonly ApplicationId[]): Generator<ApplicationHistory> {
  for (const [host, ofHost] of Map.groupBy(ids, (id) => id.host)) {
    const application = ofHost.length === 1 ? ofHost[0]?.application : undefined;
    const archives = Map.groupBy(catalog.history({ hosts: [host], application }), (archive) => archive.application);
    for (const id of ofHost) yield { ...id, history: archives.get(id.application) ?? [] };
  }
}

/** Every backup of these applications, with those that are dated in the future. */
export function readEntries(catalog: Catalog, ids: readonly ApplicationId[], window: Window): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (const { history } of readHistories(catalog, ids))
    for (const archive of history) if (isWithin(archive, window)) entries.push(historyEntry(archive));
  return sortEntries(entries);
}

/** An application's backups for the tables, oldest first. Those that are dated in the future say nothing, and are warned of. */
export function selectBackups({ history }: ApplicationHistory, { log, ...window }: Window & { log: Logger }): Backup[] {
  const past = history.filter(({ time }) => time <= window.now);
  warnOfFuture(history.slice(past.length), log);
  return past
    .map((archive, index) => ({ archive, before: past[index - 1] }))
    .filter(({ archive }) => isWithin(archive, window))
    .map(({ archive, before }) => ({
      time: archive.time,
      bytes: archive.bytes,
      bytesBefore: before?.bytes,
      seconds: backupSeconds(archive.contents),
      version: archive.version,
      goneAt: archive.goneAt,
    }));
}

function isWithin({ time }: RecordedArchive, { now, since }: Window): boolean {
  return since === undefined || time.getTime() >= now.getTime() - since;
}

function warnOfFuture(archives: readonly RecordedArchive[], log: Logger): void {
  for (const { host, name, goneAt } of archives) {
    if (goneAt === undefined)
      log.warn(
        `${escapeControls(host)}: ${name} is dated in the future and left out: is the clock right, here and there?`,
      );
  }
}
