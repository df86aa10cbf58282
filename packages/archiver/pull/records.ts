import type { Logger } from "@catapullt/core/log/logger";
import type { RecordedArchive } from "../catalog/catalog.ts";
import { openCatalog } from "../catalog/open.ts";
import type { ArchiveReceipt } from "../vault/receipt.ts";
import type { Vault } from "../vault/vault.ts";

type Records = ReadonlySet<ArchiveReceipt["event"]>;

/** What is recorded of the arrival of a host's archive: `stored` and `described`. */
export type LookUpRecords = (archive: { application: string; name: string; sha1: string }) => Promise<Records>;

export interface RecordsContext {
  vault: Vault;
  log: Logger;
  signal: AbortSignal;
}

/** The catalog is asked once for each application, when its first archive is asked for. */
export function createRecords(host: string, { vault, log, signal }: RecordsContext): LookUpRecords {
  const histories = new Map<string, Promise<RecordedArchive[]>>();
  const read = async (application: string) => {
    const catalog = await openCatalog(vault, { log, signal, scope: { hosts: [host], application } });
    try {
      return catalog.history();
    } finally {
      catalog.close();
    }
  };
  return async ({ application, name, sha1 }) => {
    const history = histories.get(application) ?? read(application);
    histories.set(application, history);
    const records = new Set<ArchiveReceipt["event"]>();
    for (const archive of await history) {
      if (archive.name !== name || archive.sha1 !== sha1) continue;
      if (archive.arrivedAt !== undefined) records.add("stored");
      if (archive.contents !== undefined) records.add("described");
    }
    return records;
  };
}
