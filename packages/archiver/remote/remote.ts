/** One thing in a directory. Links are not followed: a link is a link, whatever it points at. */
export interface RemoteEntry {
  name: string;
  kind: "file" | "directory" | "link" | "other";
  /** Bytes, as the other side states them. */
  bytes: number;
  /** Seconds since 1970. */
  modifiedAt: number;
}

/** What tells whether a file is still the same one. */
export type FileState = Pick<RemoteEntry, "bytes" | "modifiedAt">;

export interface RemoteFile extends FileState {
  /**
   * The content from `position` to `end`, in order. A chunk is valid until the next one is asked for. Ends early where the
   * file is shorter.
   */
  read(position: number, end: number): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/** A file directly below an application's directory. */
export interface RemotePath {
  application: string;
  name: string;
}

/**
 * An agent's work directory as the archiver reaches it. The other side is not trusted: names and sizes are only what it
 * says, links are never followed, and nothing but regular files in `<directory>/<application>/` is opened or removed.
 *
 * Every method fails with an OperationError: `connection-lost` when trying again may help, `access-denied` and
 * `transfer-failed` when it does not.
 */
export interface Remote {
  /** For messages, such as `backup@wiki01:/var/backups/backup-tools`. */
  readonly location: string;
  /** What lies in the work directory itself. Fails with `work-directory-unusable` where it does not exist. */
  list(): Promise<RemoteEntry[]>;
  /** What lies in an application's directory; nothing if the directory is a link or no directory. */
  listApplication(application: string): Promise<RemoteEntry[]>;
  /** When something was last added to an application's directory or removed from it, by the host's clock, in seconds since 1970; undefined if the directory is a link or no directory. */
  modifiedAt(application: string): Promise<number | undefined>;
  /** A regular file's state; undefined if there is none of this name (a link, a directory) or nothing at all. */
  look(path: RemotePath): Promise<FileState | undefined>;
  open(path: RemotePath): Promise<RemoteFile>;
  /** Removes a regular file; one that is gone already is no error. Fails with `removal-failed`. */
  remove(path: RemotePath): Promise<void>;
  close(): Promise<void>;
}

/** More entries than any agent makes; a directory that holds more is not read further. */
export const entryLimit = 100_000;
