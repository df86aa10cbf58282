import type { ApplicationId, Catalog, KnownArchive } from "../catalog/catalog.ts";
import type { StoredArchive } from "../vault/vault.ts";

/** An archive whose sidecar can be read. */
export type SealedArchive = StoredArchive & { sha1: string };

export interface DrillFacts {
  /** By host and application, newest first. */
  held: readonly KnownArchive[];
  lastDrill: Catalog["lastDrill"];
  now: Date;
  /** In milliseconds: an application whose last proof is not older is passed over. */
  olderThan?: number | undefined;
}

/** What is drilled of one application, or why nothing is. */
export type PlannedDrill = { host: string; application: string } & (
  | {
      action: "drill";
      archive: SealedArchive;
      /** How long the last drill took of which that is known, in milliseconds. */
      lastDuration?: number | undefined;
    }
  | { action: "skip"; isDue: boolean; reason: string }
);

/** Chooses the newest verified archive of each application, in the order of hosts and applications. Pure. */
export function planDrills({ held, lastDrill, now, olderThan }: DrillFacts): PlannedDrill[] {
  return groupByApplication(held).map(({ host, application, archives }): PlannedDrill => {
    // Archives that are gone from the vault count too: what matters is when it was last known to be restorable.
    const last = lastDrill({ host, application });
    if (last?.isProof && isRecent(last.at, now, olderThan)) {
      return { host, application, action: "skip", isDue: false, reason: `proven at ${last.at.toISOString()}` };
    }
    const verified = archives.filter(isVerified);
    const archive = verified.find(({ time }) => time <= now);
    if (archive !== undefined) return { host, application, action: "drill", archive, ...lastDuration(archives) };
    const reason =
      verified.length === 0
        ? "none of its archives is verified"
        : "its verified archives are dated in the future: is the clock right?";
    return { host, application, action: "skip", isDue: true, reason };
  });
}

function lastDuration(archives: readonly KnownArchive[]): { lastDuration?: number } {
  const seconds = archives.find(({ recoverySeconds }) => recoverySeconds !== undefined)?.recoverySeconds;
  return seconds === undefined ? {} : { lastDuration: seconds * 1000 };
}

function isVerified(archive: KnownArchive): archive is KnownArchive & SealedArchive {
  return archive.sha1 !== undefined && archive.verifiedAt !== undefined;
}

function groupByApplication(held: readonly KnownArchive[]): (ApplicationId & { archives: KnownArchive[] })[] {
  const groups: (ApplicationId & { archives: KnownArchive[] })[] = [];
  for (const archive of held) {
    const { host, application } = archive;
    const last = groups.at(-1);
    if (last?.host === host && last.application === application) last.archives.push(archive);
    else groups.push({ host, application, archives: [archive] });
  }
  return groups;
}

function isRecent(at: Date, now: Date, olderThan: number | undefined): boolean {
  const age = now.getTime() - at.getTime();
  return olderThan !== undefined && age >= 0 && age <= olderThan;
}
