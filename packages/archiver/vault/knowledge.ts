import type { ArchiveReceipt } from "./receipt.ts";

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

/** What is known after one more receipt about the same archive. Pure. */
export function learn(known: ArchiveKnowledge, receipt: ArchiveReceipt): ArchiveKnowledge {
  switch (receipt.event) {
    case "stored":
      return { ...known, version: receipt.version ?? known.version, verifiedAt: receipt.verifiedAt };
    case "described":
      return { ...known, version: known.version ?? receipt.contents.version };
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
