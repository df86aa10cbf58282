import type { AssessedApplication, Assessment } from "../health/assess.ts";
import type { Finding } from "../health/finding.ts";

/** An archive that the vault holds. */
export interface KeptArchive {
  name: string;
  /** When the backup began. */
  time: Date;
  bytes: number;
  /** How long the backup took; undefined where nobody knows. */
  seconds: number | undefined;
  version: string | undefined;
  verifiedAt: Date | undefined;
  provenAt: Date | undefined;
  /** What the next `archiver prune` would do with it, and why. */
  action: "keep" | "remove";
  reasons: readonly string[];
}

/** One backup that the vault holds or has held. */
export interface PastBackup {
  time: Date;
  bytes: number;
  seconds: number | undefined;
  isHeld: boolean;
}

export interface ReportedApplication extends AssessedApplication {
  findings: readonly Finding[];
  /** Oldest first; none that is dated in the future. */
  backups: readonly PastBackup[];
  /** Newest first. */
  archives: readonly KeptArchive[];
  lastProof: Date | undefined;
}

/** What the vault held at the end of a day. */
export interface VaultSize {
  time: Date;
  bytes: number;
}

/** All that the page shows. */
export interface ReportFacts {
  now: Date;
  /** Name of the host with the vault. */
  hostName: string;
  vault: string;
  /** What of the vault is shown, in words; undefined where it is all of it. */
  part: string | undefined;
  healthy: boolean;
  findings: readonly Finding[];
  notes: readonly string[];
  /** The worst first. */
  applications: readonly ReportedApplication[];
  space: Assessment["space"];
  /** Oldest first; empty where only a part of the vault is shown. */
  vaultSizes: readonly VaultSize[];
}
