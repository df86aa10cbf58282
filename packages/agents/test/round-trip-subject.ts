/** A database that is backed up, dropped and restored; what the engine needs to be put through it. */
export interface RoundTripSubject {
  title: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The awkward data without its large rows. */
  awkward: RoundTripCase;
  cases: readonly RoundTripCase[];
  /** Statements that each change one little thing in the awkward data. */
  changes: readonly string[];
  /** The entry of `databases` in the configuration. */
  entry(database: string): object;
  /** How an administrator is known to the tools of RESTORE.md: what he types when they ask, and what is in his environment. */
  administrator: { password?: string; environment?: Record<string, string> };
  create(database: string): Promise<void>;
  execute(database: string, sql: string): Promise<unknown>;
  /** Takes the database, and all that belongs to it, off the server. Idempotent. */
  drop(database: string): Promise<void>;
  /** Does what the plan of a restore tells the administrator of an empty server to do before it. */
  prepare?(plan: string): Promise<void>;
  exists(database: string): Promise<boolean>;
  fingerprint(database: string): Promise<unknown>;
}

export interface RoundTripCase {
  title: string;
  /** The database's name. */
  database: string;
  /** Puts content into the database, which is there and empty. */
  fill(database: string): Promise<void>;
}

/** The name of the user of all subjects, and a password that has broken configuration files and command lines. */
export const account = { user: "keeper; o'f `all\"", password: "p#a\"s's w\\ord;$ " } as const;

export const tableNames = Array.from({ length: 2000 }, (_, index) => `table_${index}`);
