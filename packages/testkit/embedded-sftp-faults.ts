/** An entry of a directory as the server tells it: lies are possible. */
export interface ServedEntry {
  name: string;
  /** File type and permissions, as in `st_mode`. */
  mode: number;
  size: number;
  /** Seconds since 1970. */
  mtime: number;
}

export interface ServedRead {
  /** Path below the served directory, such as `confluence/confluence_….tar.zst`. */
  path: string;
  offset: number;
  length: number;
  /** Bytes of file contents that this connection has had before. */
  sentBefore: number;
  /** 1 for the first connection. */
  connection: number;
}

/** A request that changes something. */
export interface ServedChange {
  operation: "open" | "write" | "attributes" | "rename" | "remove" | "mkdir";
  /** Path below the served directory. */
  path: string;
  /** Bytes of file contents that this connection has sent before. */
  receivedBefore: number;
  /** 1 for the first connection. */
  connection: number;
}

/** Ways to go wrong. Each is asked before the server answers; a path is relative to the served directory. */
export interface SftpFaults {
  /** `drop` cuts the connection, `hang` never answers, a number sends at most so many bytes. */
  read?: ((read: ServedRead) => "drop" | "hang" | number | undefined) | undefined;
  /** The answer to a read waits for it. */
  hold?: ((read: ServedRead) => Promise<void> | undefined) | undefined;
  /** Changes the bytes that a read answers with. */
  corrupt?: ((bytes: Buffer, read: ServedRead) => Buffer) | undefined;
  /** Changes what a directory holds; `hang` never answers. */
  entries?: ((path: string, entries: ServedEntry[]) => ServedEntry[] | "hang") | undefined;
  /** True refuses the removal of a file. */
  refuseRemoval?: ((path: string) => boolean) | undefined;
  /** `drop` cuts the connection, `hang` never answers, `fail` and `deny` refuse. */
  change?: ((change: ServedChange) => "drop" | "hang" | "fail" | "deny" | undefined) | undefined;
}
