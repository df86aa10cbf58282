import type { Logger } from "@catapullt/core/log/logger";
import type { ApplicationSettings, TypeSpecificKey } from "../config/application-schema.ts";
import type { DatabaseSettings } from "../databases/engine.ts";
import type { Host } from "./host.ts";
import type { SanityCheck } from "./sanity/sanity.ts";

export interface LocateRequest {
  /** The application's name, as in `applications.<name>` of the configuration. */
  name: string;
  /** What the configuration says of it; `{}` where it says nothing. */
  settings: ApplicationSettings;
  host: Host;
}

/** A directory or single file to save, with the rules for what is left out. */
export interface ApplicationTree {
  /** The directory's name below `files/` in the archive; unique within the application. */
  label: string;
  /** Absolute, links followed. */
  root: string;
  /** Where its members go back to in a restore: `root`, or the directory of a single file. */
  directory: string;
  /** Where not empty, only what these patterns match is saved. Relative to `root`. */
  include: readonly string[];
  exclude: readonly ExcludeRule[];
  /** Patterns of the keys in it that the vendor wants kept apart from the other data; with `keys: separate` they are. */
  keys: readonly string[];
}

export interface ExcludeRule {
  /** A glob pattern relative to the tree's root. */
  pattern: string;
  reason: string;
}

/** One fact about the application and where it came from, for people: `{ what: "home", value: "/srv/wiki", source: "…" }`. */
export interface Evidence {
  what: string;
  value: string;
  source: string;
}

/** Rows that a statement returns in one of the application's databases; SQL NULL is null. */
export type Query = (database: DatabaseSettings, sql: string) => Promise<(string | null)[][]>;

export interface CapturedVersion {
  /** One line; never empty. */
  value: string;
  /** Every place that tells a version or build, in the manifest's form. */
  sources: { source: string; value: string }[];
  /** Places that disagree. */
  warnings: string[];
}

export interface ConsistencyContext {
  environment: NodeJS.ProcessEnv;
  log: Logger;
  signal: AbortSignal;
}

/** What is done to an application before dump and copy, and taken back afterwards, so that they belong together. */
export interface Consistency {
  /** For people: `maintenance mode`. */
  title: string;
  /**
   * Brings it about and returns once the data are at rest. `record` keeps what `end` needs, one line, and is awaited before
   * anything is changed, or as soon as it is known; what was not recorded is not ended. Throws `consistency-failed`.
   */
  begin(context: ConsistencyContext & { record(token: string): Promise<void> }): Promise<void>;
  /**
   * Takes it back, also after a failure, a signal, or a kill of the run that began it; may be called twice. `succeeded` is
   * true only after a backup that did. Throws `consistency-failed`.
   */
  end(token: string, context: ConsistencyContext & { succeeded?: boolean | undefined }): Promise<void>;
  /** What an administrator does where `end` fails: a command, or a sentence. */
  byHand(token: string): string;
}

export interface LocatedApplication {
  name: string;
  type: string;
  /** The main data directory, if there is one. */
  home: string | undefined;
  /** The program files, if they were found. */
  install: string | undefined;
  evidence: Evidence[];
  /** All that is needed to connect; passwords are resolved, and remembered for redaction. */
  databases: DatabaseSettings[];
  trees: ApplicationTree[];
  /** Undefined where dump and copy are made of the application as it is. */
  consistency: Consistency | undefined;
  /** Whether the keys of its trees go into an archive of their own. */
  keys: "included" | "separate";
  /** What an administrator should know although a backup can be made. */
  warnings: string[];
  /**
   * Reads the version from every place that has it; without `query` the databases are left out. Throws
   * `version-unreadable`. Called before and after the dump: any difference in `sources` means an upgrade in between.
   */
  captureVersion(query?: Query): Promise<CapturedVersion>;
  /** What the vendor says to do after databases and files are back, one step an entry, Markdown. */
  restoreNotes(version: string): string[];
}

/** One kind of application: where it lives, how its settings are found, what to copy. Registered in `registry.ts`. */
export interface ApplicationType {
  name: string;
  /** For people: `Atlassian Confluence`. */
  title: string;
  /** The keys of `applications.<name>` that not every type has, and that this one understands. */
  keys: readonly TypeSpecificKey[];
  /** Keys without which it cannot work; a type that has none needs no configuration. */
  requiredKeys: readonly (keyof ApplicationSettings)[];
  /**
   * Finds the application on the host, without a connection to anything. Throws `application-not-found` (with every place that was looked at),
   * `application-unreadable`, `password-unavailable` or `database-unsupported`.
   */
  locate(request: LocateRequest): Promise<LocatedApplication>;
  /** What a drill asks of restored data. */
  sanityChecks: readonly SanityCheck[];
}
