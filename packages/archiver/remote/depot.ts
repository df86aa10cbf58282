import { OperationError } from "@catapullt/core/errors";
import type { Remote, RemotePath } from "./remote.ts";

/**
 * A directory on a backup host, as the archiver of an application host writes to it: `<directory>/<application>/<file>`. A file
 * is written as `.<name>.part` and gets its name only by `publish`; nothing that has a name is ever replaced or removed. As for a
 * `Remote`, the other side is not trusted, and every method fails with an OperationError: `connection-lost` when trying again
 * may help, `destination-unusable` where nothing can be written there.
 */
export interface Depot extends Pick<Remote, "location" | "list" | "listApplication" | "look" | "open" | "close"> {
  /** Bytes that are free there; undefined where the other side does not tell. */
  freeBytes(): Promise<number | undefined>;
  /** Makes an application's directory (0750) where there is none. The depot's own directory is never made. */
  makeDirectory(application: string): Promise<void>;
  /** Opens the part of a file: an empty one, or the one that is there with `resume`. */
  openPart(path: RemotePath, options: { resume: boolean }): Promise<DepotPart>;
  /** Removes the part of a file; none is no error. */
  removePart(path: RemotePath): Promise<void>;
}

/** What is written to a file that has no name yet. */
export interface DepotPart {
  /** Bytes that were in it already; what is written comes after them. */
  readonly resumedFrom: number;
  /** What was in it already. A chunk is valid until the next one is asked for. */
  read(): AsyncIterable<Buffer>;
  /** Takes the next bytes, which may change once it has returned. An earlier write's failure may come out here. */
  write(chunk: Buffer): Promise<void>;
  /** Waits for all writes and makes them durable. Fails with `transfer-failed` unless the file then has so many bytes. */
  complete(bytes: number): Promise<void>;
  /**
   * Gives a complete part its name, unless something has it already, and makes that durable. False where the other side cannot
   * say whether it has reached its disk.
   */
  publish(): Promise<{ durable: boolean }>;
  /** Ends the writing and leaves the part as it is. May be called at any time. */
  close(): Promise<void>;
}

/** The mode of published files and of directories, as the agent gives them. */
export const publishedMode = 0o640;
export const directoryMode = 0o750;

export function inTheWay(subject: string, what: string): OperationError {
  return new OperationError("destination-unusable", `${subject}: ${what} is in the way`, {
    hint: "nothing there was changed: look what it is, and move it away",
  });
}

export function wrongSize(subject: string, { bytes, expected }: { bytes: number; expected: number }): OperationError {
  return new OperationError("transfer-failed", `${subject} has ${bytes} bytes after ${expected} were written`, {
    hint: "somebody else writes to the same place, or that disk is damaged: nothing was published or removed",
  });
}

export function nameTaken(subject: string): OperationError {
  return new OperationError("transfer-failed", `${subject} has appeared while it was sent`, {
    hint: "nothing was replaced; the next run compares it. Does another host push to the same place?",
  });
}

export function noSuchDepot(location: string, cause: unknown): OperationError {
  return new OperationError("destination-unusable", `there is no directory ${location}`, {
    hint: "it is never made, since it may be a disk that is not mounted: mount it, make it, or set `push.to.path` as that user sees it (in a chroot: without the chroot's own path)",
    cause,
  });
}

export function noSpace(location: string, cause?: unknown): OperationError {
  return new OperationError("destination-unusable", `no space left at ${location}`, {
    hint: "the archives stay on this host: free space there (`archiver prune` on the backup host), and check this user's quota",
    cause,
  });
}
