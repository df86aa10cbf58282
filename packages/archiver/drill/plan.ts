import { parseArchiveName } from "@catapullt/core/archive/name";
import { gatherKnowledge } from "../vault/knowledge.ts";
import type { Receipt } from "../vault/receipt.ts";
import type { StoredArchive } from "../vault/vault.ts";

/** An archive whose sidecar can be read. */
export type SealedArchive = StoredArchive & { sha1: string };

export interface DrillFacts {
  stored: readonly StoredArchive[];
  /** In the order in which they were written. */
  receipts: readonly Receipt[];
  now: Date;
  /** In milliseconds: an application whose last proof is not older is passed over. */
  olderThan?: number | undefined;
}

/** What is drilled of one application, or why nothing is. */
export type PlannedDrill = { host: string; application: string } & (
  | { action: "drill"; archive: SealedArchive }
  | { action: "skip"; isDue: boolean; reason: string }
);

/** Chooses the newest verified archive of each application, in the order of hosts and applications. Pure. */
export function planDrills({ stored, receipts, now, olderThan }: DrillFacts): PlannedDrill[] {
  const knowledge = gatherKnowledge(receipts);
  const lastDrill = findLastDrills(receipts);
  const isVerified = (archive: StoredArchive): archive is SealedArchive =>
    archive.sha1 !== undefined && knowledge(archive).verifiedAt !== undefined;
  return [...groupByApplication(stored)].map(([key, archives]): PlannedDrill => {
    const [{ host, application }] = archives;
    const proof = lastDrill.get(key);
    if (proof?.event === "proven" && isRecent(proof, now, olderThan)) {
      return { host, application, action: "skip", isDue: false, reason: `proven at ${proof.at}` };
    }
    const verified = archives.filter(isVerified).sort((one, other) => timeOf(other) - timeOf(one));
    const archive = verified.find((candidate) => timeOf(candidate) <= now.getTime());
    if (archive !== undefined) return { host, application, action: "drill", archive };
    const reason =
      verified.length === 0
        ? "none of its archives is verified"
        : "its verified archives are dated in the future: is the clock right?";
    return { host, application, action: "skip", isDue: true, reason };
  });
}

function groupByApplication(stored: readonly StoredArchive[]): Map<string, [StoredArchive, ...StoredArchive[]]> {
  const groups = new Map<string, [StoredArchive, ...StoredArchive[]]>();
  for (const archive of stored.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))) {
    const group = groups.get(keyOf(archive));
    if (group === undefined) groups.set(keyOf(archive), [archive]);
    else group.push(archive);
  }
  return groups;
}

// Archives that are gone from the vault count too: what matters is when the application was last known to be restorable.
function findLastDrills(receipts: readonly Receipt[]): Map<string, Receipt> {
  return new Map(
    receipts
      .filter(({ event }) => event === "proven" || event === "disproven")
      .map((receipt) => [keyOf(receipt), receipt]),
  );
}

function isRecent({ at }: Receipt, now: Date, olderThan: number | undefined): boolean {
  const age = now.getTime() - Date.parse(at);
  return olderThan !== undefined && age >= 0 && age <= olderThan;
}

function keyOf({ host, application }: { host: string; application: string }): string {
  return `${host}/${application}`;
}

function timeOf({ name }: StoredArchive): number {
  const time = parseArchiveName(name)?.time;
  if (time === undefined) throw new Error(`the vault lists only archives, got ${name}`);
  return time.getTime();
}
