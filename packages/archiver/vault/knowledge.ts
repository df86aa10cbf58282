import type { Receipt } from "./receipt.ts";
import type { StoredArchive } from "./vault.ts";

/** What the receipts say of one archive. Times are ISO 8601 in UTC. */
export interface ArchiveKnowledge {
  /** Of the application. */
  version: string | undefined;
  /** When its hash was last found right. */
  verifiedAt: string | undefined;
  /** When a drill last restored all of it without a finding, and how long that took. */
  provenAt: string | undefined;
  recoverySeconds: number | undefined;
  /** What the last drill found, where it was after the last proof. */
  findings: string[] | undefined;
}

export type Knowledge = (archive: StoredArchive) => ArchiveKnowledge;

const nothing: ArchiveKnowledge = {
  version: undefined,
  verifiedAt: undefined,
  provenAt: undefined,
  recoverySeconds: undefined,
  findings: undefined,
};

/** Gathers what is known of each archive; receipts are in the order in which they were written. Pure. */
export function gatherKnowledge(receipts: readonly Receipt[]): Knowledge {
  const known = new Map<string, ArchiveKnowledge>();
  for (const receipt of receipts) known.set(keyOf(receipt), learn(known.get(keyOf(receipt)) ?? nothing, receipt));
  return (archive) => known.get(keyOf(archive)) ?? nothing;
}

function learn(known: ArchiveKnowledge, receipt: Receipt): ArchiveKnowledge {
  switch (receipt.event) {
    case "stored":
      return { ...known, version: receipt.version ?? known.version, verifiedAt: receipt.verifiedAt };
    case "verified":
      return { ...known, verifiedAt: receipt.at };
    case "quarantined":
      return { ...known, verifiedAt: undefined, provenAt: undefined, recoverySeconds: undefined };
    case "proven":
      return { ...known, provenAt: receipt.at, recoverySeconds: receipt.seconds, findings: undefined };
    case "disproven":
      return { ...known, findings: receipt.findings };
    default:
      return known;
  }
}

// Hash and size belong to the key: a receipt says nothing about another file of the same name.
function keyOf({
  host,
  application,
  name,
  bytes,
  sha1,
}: Pick<StoredArchive, "host" | "application" | "name" | "bytes" | "sha1">): string {
  return [host, application, name, bytes, sha1].join("/");
}
