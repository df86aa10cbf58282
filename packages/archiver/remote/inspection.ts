import type { Remote } from "./remote.ts";

/** What came of making a file and removing it again. */
export type ProbeOutcome =
  | { kind: "made" /** When it was made, by the host's clock; seconds since 1970. */; at: number }
  /** Nothing could be made: permission denied, read-only, no such directory. */
  | { kind: "refused"; reason: string }
  /** It was made and could not be removed: the only thing that ever stays. */
  | { kind: "left"; path: string };

/** A host's work directory, with a look at what else its user may do. Nothing that is tried stays. */
export interface Inspection {
  remote: Remote;
  /** Makes an empty hidden file in the work directory, or in an application's, and removes it. */
  probe(application?: string): Promise<ProbeOutcome>;
  /** Whether only a file's owner may remove it from there, as in /tmp. */
  isSticky(application: string): Promise<boolean>;
  /** What the user may do beyond reading and removing archives; empty where nothing was found. */
  powers(): Promise<Power[]>;
  close(): Promise<void>;
}

/** Something that the archiver does not need. */
export interface Power {
  /** What it is: `may run commands`. */
  message: string;
  /** How to take it away. */
  fix: string;
}
