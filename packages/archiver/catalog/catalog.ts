import type { OperationError } from "@catapullt/core/errors";
import type { ArchiveContents } from "../vault/contents.ts";
import type { ArchiveKnowledge } from "../vault/knowledge.ts";
import type { ArchiveId, StoredArchive } from "../vault/vault.ts";

/** A finished archive in the vault, with what is known of it. */
export interface KnownArchive extends StoredArchive, ArchiveKnowledge {
  /** When the backup began, from the archive's name. */
  time: Date;
}

/** An archive that the vault holds or has held. */
export interface RecordedArchive extends KnownArchive {
  /** When it came into the vault; undefined for one that nobody recorded. */
  arrivedAt: Date | undefined;
  /** When it left the vault; undefined while it is there. */
  goneAt: Date | undefined;
  /** What its manifest says; undefined where it could not be read. */
  contents: ArchiveContents | undefined;
}

export interface ApplicationId {
  host: string;
  application: string;
}

/** Which part of the vault is meant: all where nothing is named. */
export interface CatalogScope {
  hosts?: readonly string[] | undefined;
  application?: string | undefined;
}

/** A host whose directory cannot be read: nothing is said of what it holds now. */
export interface UnreadableHost {
  host: string;
  error: OperationError;
}

/** Bytes that came into the vault and left it on one day (UTC). */
export interface DailyFlow {
  /** `2026-11-24` */
  day: string;
  arrived: number;
  left: number;
}

/**
 * What the vault holds and has held: derived from the vault's directories and its journal, and up to date with both, for
 * the scope that it was opened for. Methods read only.
 */
export interface Catalog {
  /** What `held` says of these is as old as the last time that they could be read. */
  readonly unreadable: readonly UnreadableHost[];
  /** Applications that the vault holds or has held archives of, by host and application; those of the whole vault too. */
  applications(scope?: CatalogScope): ApplicationId[];
  /** What the vault holds now, by host and application, newest first. */
  held(scope?: CatalogScope): KnownArchive[];
  /** Everything that it holds or has held, by host and application, oldest first; of each application at most the `newest` ones. */
  history(scope?: CatalogScope, newest?: number): RecordedArchive[];
  /** Archives without a sidecar that lie in the vault. */
  unsealed(scope?: CatalogScope): ArchiveId[];
  /** Archives that the vault holds and whose contents nobody has recorded. */
  undescribed(scope?: CatalogScope): KnownArchive[];
  /** Of the whole vault, whatever the scope. */
  totals(): { applications: number; held: number; gone: number };
  /** The newest archive whose size somebody has declared to be right, by its name. */
  accepted(application: ApplicationId): string | undefined;
  /** When an archive of this application was last proven by a drill, whether or not that archive is still there. */
  lastProof(application: ApplicationId): Date | undefined;
  /** What came of the last drill of this application, of whichever archive. */
  lastDrill(application: ApplicationId): { at: Date; isProof: boolean } | undefined;
  /** By day, oldest first; of the whole vault, whatever the scope. */
  flows(): DailyFlow[];
  /** The hash with which an archive of this name last arrived. */
  arrivedAs(id: ArchiveId): string | undefined;
  /** An archive of this name whose removal by `prune` was recorded last. */
  prunedAs(id: ArchiveId): { bytes: number; sha1: string } | undefined;
  close(): void;
}
