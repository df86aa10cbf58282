import type { ManifestDatabase } from "@catapullt/core/archive/manifest";
import type { DumpEnds } from "@catapullt/core/archive/verify";
import type { Logger } from "@catapullt/core/log/logger";

export const engineNames = ["mysql", "mariadb", "postgresql", "sqlite"] as const;
export type EngineName = (typeof engineNames)[number];

/** Kinds of objects that can be left out of a dump on purpose. */
export const skippableKinds = ["triggers", "routines", "events", "views"] as const;
export type SkippableKind = (typeof skippableKinds)[number];

export const tlsModes = ["disabled", "preferred", "required", "verify-ca", "verify-identity"] as const;
export type TlsMode = (typeof tlsModes)[number];

export const containerRuntimes = ["docker", "podman"] as const;
export type ContainerRuntime = (typeof containerRuntimes)[number];

/** A container on this host, and the program that reaches into it. */
export interface ContainerAddress {
  name: string;
  runtime: ContainerRuntime;
}

/** One database and how to reach it. Secrets are resolved already, and remembered for redaction. */
export interface DatabaseSettings {
  engine: EngineName;
  /** The database's (schema's) name; for SQLite a label. */
  name: string;
  /** Always reached over TCP, also where it is `localhost`. */
  host?: string | undefined;
  port?: number | undefined;
  /** A unix socket; wins over `host`. */
  socket?: string | undefined;
  user?: string | undefined;
  password?: string | undefined;
  /** The database file, for SQLite only. */
  file?: string | undefined;
  skip: readonly SkippableKind[];
  /** The client's own default where absent. */
  tls?: { mode: TlsMode; caFile?: string | undefined } | undefined;
  /** Where the server runs and the DBMS's programs too: host, port, socket and `tls.caFile` are as seen from there. */
  container?: ContainerAddress | undefined;
}

export interface DatabaseContext {
  /** `PATH` says where tools are looked for. */
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  log: Logger;
  /** Takes what an administrator should know although the backup goes on: for the log, the report and the manifest. */
  warn: (message: string) => void;
  /** Where the DBMS's programs run; on this host if absent. Each engine sets it to what the database's settings say. */
  container?: ContainerAddress | undefined;
}

export interface DumpContext extends DatabaseContext {
  /** An existing, writable directory for what cannot be streamed; nothing is left in it after `cleanup`. */
  directory: string;
}

/** What the manifest says of a dump besides its bytes. */
export type DumpFacts = Omit<ManifestDatabase, "member" | "parts" | "bytes" | "sha1">;

/** The objects of a database at one moment; names as the server spells them. */
export type DatabaseInventory = Pick<
  DumpFacts,
  "serverVersion" | "characterSet" | "collation" | "tables" | "types" | "extensions" | "roles" | "largeObjects"
> & {
  triggers: readonly string[];
  routines: readonly string[];
  events: readonly string[];
};

interface DumpEnd {
  /**
   * To be called once the source has been read: throws `dump-failed` or `dump-incomplete` unless the dump is proven
   * whole, whatever had been read.
   */
  complete(): Promise<DumpFacts>;
  /** Ends what still runs and removes what was left on disk. Idempotent; to be called however the run ends. */
  cleanup(): Promise<void>;
}

/** A dump whose length is known at its end only. A reader may stop at any time: the dump tool is then ended. */
export interface StreamedDump extends DumpEnd {
  kind: "stream";
  source: AsyncIterable<Uint8Array>;
}

/** A dump that had to be made as a file. */
export interface FileDump extends DumpEnd {
  kind: "file";
  path: string;
}

export type DatabaseDump = StreamedDump | FileDump;

export interface RestoreRequest {
  settings: DatabaseSettings;
  inventory: DatabaseInventory;
  /** Base name of the archive. */
  archive: string;
  /** The dump's member name without the suffix of its parts, such as `database/confluence.sql`. */
  member: string;
  /** True when the archive holds no other database. */
  alone: boolean;
}

/** What becomes of the accounts that a dump's objects belong to; `auto` keeps them where the user may set them. */
export const definerChoices = ["auto", "keep", "strip"] as const;
export type DefinerChoice = (typeof definerChoices)[number];

/** What stands where a dump is to be restored. */
export interface RestoreTarget {
  /** For people, without a password: `mariadb database wiki at 127.0.0.1:3306, user wiki`. */
  title: string;
  /** What is there, such as `42 tables, 3 views`; undefined where there is nothing that a restore could harm. */
  content: string | undefined;
  /** Where and in which form the old content would be kept: `dumped to …`, `renamed to …`. */
  keptAs: string;
  /** What an administrator should know before he agrees. */
  notes: string[];
}

export interface TargetRequest {
  settings: DatabaseSettings;
  /** What the archive's manifest says of the dump. */
  recorded: ManifestDatabase;
  definer: DefinerChoice;
  /** When the restore began, as in archives' names; stands in the names of what is kept. */
  stamp: string;
  /** Where a restore may keep what cannot stay beside the target. It need not exist yet. */
  keepDirectory: string;
}

export interface LoadRequest extends TargetRequest {
  /** The dump; it throws unless every byte is the one that was recorded. */
  source: AsyncIterable<Uint8Array>;
  /** Takes what stands at the target out of the way, and keeps it; without it a target with content is refused. */
  replace: boolean;
  /** To be awaited before anything is written into `keepDirectory`. */
  prepareKeepDirectory: () => Promise<void>;
  /** Makes the directory for what is not published yet, on the target's file system, and says where it is. For files only. */
  prepareStageDirectory: () => Promise<string>;
}

/** What was taken out of the way. */
export interface KeptContent {
  what: string;
  path: string;
  /** The command by which it comes back. */
  comesBackBy: string;
}

/** A dump that was loaded; where it is not in its place yet, `publish` puts it there. */
export interface LoadedDatabase {
  kept: KeptContent | undefined;
  /** The last step, once the application's files are in their places. */
  publish(): Promise<KeptContent | undefined>;
  /** Gives up what is not published. Idempotent. */
  discard(): Promise<void>;
}

/** The way back of one DBMS. */
export interface DatabaseRestorer {
  /** Looks at the place where a dump would go, and changes nothing. Throws as `inspect`, but a missing database is none. */
  examine(request: TargetRequest, context: DatabaseContext): Promise<RestoreTarget>;
  /**
   * Loads a dump and holds what is there then against the manifest. Throws `restore-failed`; what had been loaded is then
   * gone again, and the message says where the old content is.
   */
  load(request: LoadRequest, context: DatabaseContext): Promise<LoadedDatabase>;
}

export interface ThrowawayRequest {
  /** An existing, empty directory, entered by nobody but this user; all that the server writes is in it. */
  directory: string;
  /** What the manifest says of the dumps that will be loaded, all of the same product. */
  databases: readonly ManifestDatabase[];
}

/** A server of nobody's but a drill's: reached through a socket in its directory, with limited resources, gone at the end. */
export interface ThrowawayServer {
  /** Product and version, such as `MariaDB 10.11.19`. */
  title: string;
  /** How its administrator reaches a database of this name, which need not exist. */
  settings(database: ManifestDatabase): DatabaseSettings;
  /** How dumps are to be loaded: it has none of the old server's accounts but those that it made. */
  definer: DefinerChoice;
  /** Ends it at once; what it wrote stays. Idempotent. It also ends when this process does, however it ends. */
  stop(): Promise<void>;
  /** Undefined where it needs none. */
  process: ServerProcess | undefined;
}

export interface ServerProcess {
  /** Settles when it is gone, whoever ended it. */
  ended: Promise<void>;
  /** The file that it prints into. */
  log: string;
}

/** The programs that a dump takes. */
export interface DumpTools {
  /** Names and versions, such as `mariadb-dump 10.11.19-MariaDB`; empty where none is needed. */
  titles: string[];
  /** Why they may not suit the server. */
  warnings: ToolWarning[];
}

export interface ToolWarning {
  message: string;
  /** What to do about it. */
  hint: string;
}

/** One DBMS: everything that is particular to it. Implementations pass `test/engine-conformance.ts`. */
export interface DatabaseEngine {
  /** The values of `engine` in the configuration that this engine serves. */
  names: readonly EngineName[];
  /** The extension of the dump's member. */
  memberExtension: "sql" | "dump" | "sqlite";
  /**
   * Connects, looks at what the user may see, lists the objects: all that must hold before a dump begins. Throws
   * `tool-missing`, `database-unreachable`, `database-denied` or `database-privileges`.
   */
  inspect(settings: DatabaseSettings, context: DatabaseContext): Promise<DatabaseInventory>;
  /** Connects and asks for no more than the server's version, as `DatabaseInventory` has it. Throws as `inspect`. */
  readVersion(settings: DatabaseSettings, context: DatabaseContext): Promise<string>;
  /**
   * Looks for the programs that `dump` would take for a server of this version; where it is not known, for those that suit the
   * settings. Connects to nothing. Throws `tool-missing`.
   */
  findDumpTools(
    settings: DatabaseSettings,
    serverVersion: string | undefined,
    context: DatabaseContext,
  ): Promise<DumpTools>;
  /** Begins the dump. `inventory` is what `inspect` said of the same settings. */
  dump(settings: DatabaseSettings, inventory: DatabaseInventory, context: DumpContext): Promise<DatabaseDump>;
  /** The rows that one statement returns, as text; SQL NULL is null. For short answers only. */
  query(settings: DatabaseSettings, sql: string, context: DatabaseContext): Promise<(string | null)[][]>;
  /** What shows by its ends that a dump is not one of this engine's, or not a whole one; undefined where nothing does. */
  findDumpDamage(ends: DumpEnds): string | undefined;
  /** The way back. */
  restore: DatabaseRestorer;
  /** Lists the objects that are there, with the rows of every table counted as a dump holds them. Asks for no privileges. */
  takeStock(settings: DatabaseSettings, context: DatabaseContext): Promise<DatabaseInventory>;
  /**
   * Starts a server into which dumps can be loaded to prove them. Throws `tool-missing` where no server is installed,
   * `drill-failed` where it does not start.
   */
  startThrowaway(request: ThrowawayRequest, context: DatabaseContext): Promise<ThrowawayServer>;
  /** Markdown lines for RESTORE.md: how to load the dump by hand with stock tools, commands filled in, no passwords. */
  restoreCommands(request: RestoreRequest): string[];
}
