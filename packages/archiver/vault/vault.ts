import type { ReadArchiveOptions } from "@catapullt/core/archive/reader";
import type { VerifiedArchive } from "@catapullt/core/archive/verify";
import type { Lock } from "@catapullt/core/lock";
import type { FileState } from "../remote/remote.ts";
import type { ArchiveContents } from "./contents.ts";
import type { NumberedReceipt, Receipt } from "./receipt.ts";
import type { HostSighting } from "./sighting.ts";

export interface ArchiveId {
  host: string;
  application: string;
  /** Base name of the archive, which `parseArchiveName` understands. */
  name: string;
}

/** A finished archive in the vault. */
export interface StoredArchive extends ArchiveId {
  bytes: number;
  /** What the vault's sidecar states; undefined where it cannot be read. */
  sha1: string | undefined;
}

/** What an unfinished fetch was made from: only the same source goes on. */
export interface FetchSource extends FileState {
  sha1: string;
}

/** An unfinished fetch that an earlier run has left. */
export interface UnfinishedFetch extends ArchiveId {
  bytes: number;
  source: FetchSource | undefined;
}

/** An archive on its way into the vault. Ends with exactly one of `store`, `suspend` and `discard`. */
export interface Reception {
  /** Bytes that an earlier run has left, already part of the hash. */
  readonly resumedFrom: number;
  /** Takes the next bytes. Fails with `vault-full` or `vault-unusable`. */
  write(chunk: Uint8Array): Promise<void>;
  /** SHA1 of all bytes, in hexadecimal; nothing can be written after it was asked for. */
  sha1(): Promise<string>;
  /** Makes the archive durable under its name, then its sidecar, then their directory. */
  store(): Promise<void>;
  /** Keeps what has come for the next run. */
  suspend(): Promise<void>;
  /** Removes what has come. */
  discard(): Promise<void>;
}

export type VerifyOptions = Omit<ReadArchiveOptions, "onMember">;

/** Why an archive was put in quarantine: the file beside it says the same as JSON. */
export interface QuarantineReport {
  /** ISO 8601 in UTC. */
  at: string;
  reason: string;
  /** SHA1 of the file and what its sidecar says. */
  expected: { sha1: string };
  found: { sha1: string; bytes: number };
}

/** An archive that stays readable until it is released, whatever is removed from the vault meanwhile. */
export interface HeldArchive {
  /** Where it lies as a file, under its own name and with its sidecar beside it. */
  path: string;
  /** Whether it still is what was held: where the vault cannot hold archives, it may have been removed. */
  isUnchanged(): Promise<boolean>;
  release(): Promise<void>;
}

/** Names in one application's directory, as far as they were read. */
export interface ApplicationNames {
  application: string;
  /** The same as long as no name comes or goes; undefined where that cannot be told. */
  stamp: string | undefined;
  /** May be finished archives: each has something called like its sidecar beside it. Absent where the stamp is known. */
  finished?: string[];
  /** Archives without a sidecar. */
  unsealed?: string[];
}

export interface ListNamesOptions {
  application?: string | undefined;
  /** Whether the names of an application with this stamp need not be read. */
  isKnown?: ((application: string, stamp: string) => boolean) | undefined;
}

/** How far somebody has read the journal. */
export interface JournalMark {
  /** In bytes. */
  offset: number;
  /** Of what is before it: tells whether it still is the same journal. */
  digest: string;
}

export interface JournalPart {
  receipts: NumberedReceipt[];
  /** Where to go on. */
  mark: JournalMark;
  /** Nothing more can be read now. */
  isLast: boolean;
}

/** What lies in the vault and is no archive that counts. Paths are relative to the vault. */
export interface Strangers {
  /** Names in a host's directory that nobody here has given. */
  foreign: string[];
  /** Archives in quarantine. */
  quarantined: string[];
}

export interface DrillPlace {
  hold(id: ArchiveId): Promise<HeldArchive>;
  close(): Promise<void>;
}

/**
 * Where archives are kept. The directory is the first kind; an engine such as a restic repository can stand beside it.
 * Every method fails with `vault-unusable` where the vault cannot be read or written.
 */
export interface Vault {
  /** For messages. */
  readonly location: string;
  /** Fails with code `locked` while another run holds the vault, or is at the same `work` beside such a run. */
  lock(work?: "vault" | "verify"): Promise<Lock>;
  /** Hosts that the vault holds anything of. */
  hosts(): Promise<string[]>;
  /** Finished archives of a host, in no order; foreign files are left out. */
  stored(host: string): Promise<StoredArchive[]>;
  unfinished(host: string): Promise<UnfinishedFetch[]>;
  /**
   * Finishes archives whose run ended between their publication and their sidecar's: reads them again, and writes the
   * sidecar if they are whole. Returns what was finished.
   */
  recover(host: string, signal: AbortSignal): Promise<ArchiveId[]>;
  /** Bytes that all files of a host take, whatever they are, with those in quarantine. */
  heldBytes(host: string): Promise<number>;
  /** Bytes that can still be written. */
  freeBytes(): Promise<number>;
  /** Begins to receive an archive, or goes on where an earlier run with the same source has stopped. */
  receive(id: ArchiveId, source: FetchSource): Promise<Reception>;
  /** Removes an unfinished fetch. */
  discard(id: ArchiveId): Promise<void>;
  /** Reads a stored archive from its first to its last byte: its SHA1 in hexadecimal. */
  hash(id: ArchiveId, signal: AbortSignal, pace?: VerifyOptions["pace"]): Promise<string>;
  /** Reads a stored archive and decodes all of it, as core's `verifyArchive`, whose errors it has. */
  verify(id: ArchiveId, options: VerifyOptions): Promise<VerifiedArchive>;
  /** Moves archive and sidecar out of the way, durably, with a report beside them. Returns the archive's new path, relative to the vault. */
  quarantine(id: ArchiveId, report: QuarantineReport): Promise<string>;
  /** The application's version, from the archive's first member; undefined where it cannot be told. */
  version(id: ArchiveId): Promise<string | undefined>;
  /** What the archive's manifest says; undefined where it has none, or none that can be read. */
  contents(id: ArchiveId, signal: AbortSignal): Promise<ArchiveContents | undefined>;
  /** Archives without a sidecar, with their sizes: put there by hand, or left where a `store` or `remove` was cut off. */
  unsealed(host: string): Promise<(ArchiveId & { bytes: number })[]>;
  /** What else lies in a host's directory or in quarantine. */
  strangers(host: string): Promise<Strangers>;
  /** Removes an archive, durably, its sidecar first: what a crash leaves is no finished archive. Nothing where there is none. */
  remove(id: ArchiveId): Promise<void>;
  /** Paths, relative to a host's directory, of what both hosts have, so that they cannot be joined. */
  conflicts(from: string, to: string): Promise<string[]>;
  /** Moves all that is kept of one host to another one's name, durably; the same again where it was cut off. Nothing is replaced if there are no `conflicts`. */
  moveHost(from: string, to: string): Promise<void>;
  /** Opens the place from which archives are drilled, for one run at a time: fails with code `locked` while another one has it open. */
  openDrillPlace(): Promise<DrillPlace>;
  /** Adds a record of what was done; durable when it returns. */
  record(receipt: Receipt): Promise<void>;
  /** The next part of all records, from a mark or the beginning on. Undefined where they are not those that the mark was made of. */
  readJournal(from: JournalMark | undefined): JournalPart | undefined;
  /** Much faster than `stored`, and only a guess: what lies there under these names is not looked at. */
  listNames(host: string, options: ListNamesOptions): ApplicationNames[];
  /** A finished archive as it lies there now; undefined where there is none. */
  look(id: ArchiveId): StoredArchive | undefined;
  /** A directory of the vault for what is derived from it. */
  readonly ownDirectory: string;
  /** Replaces what is known of a host from the last visit. */
  noteSighting(host: string, sighting: HostSighting): Promise<void>;
  /** What the last visit saw; undefined where there was none, or its record cannot be understood. */
  sighting(host: string): Promise<HostSighting | undefined>;
}
