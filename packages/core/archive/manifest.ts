import { z } from "zod";

/** `manifest.json`, the last member of every archive. docs/reference/archive-format.md describes it. */
export const manifestSchemaVersion = 1;

const moment = z.iso.datetime({ precision: 3 });
const count = z.int().nonnegative();

const tableSchema = z.object({
  name: z.string(),
  kind: z.enum(["table", "view", "materialized-view", "sequence"]),
  /** Storage engine, where the DBMS has several; for PostgreSQL also `partitioned` and `foreign`, which hold no rows. */
  storage: z.string().optional(),
  /** What the server estimated or what was counted; `rowsAre` says which. */
  rows: count.optional(),
  rowsAre: z.enum(["exact", "estimated"]).optional(),
  /** Bytes of the table in the dump, where they can be told. */
  bytes: count.optional(),
});

const databaseSchema = z.object({
  name: z.string(),
  engine: z.string(),
  /** The first member of the dump, such as `database/confluence.sql`, or its prefix where the dump is split. */
  member: z.string(),
  /** How many members the dump has. */
  parts: count.min(1),
  /** Bytes of the dump, uncompressed, and its SHA1. */
  bytes: count,
  sha1: z.string().regex(/^[0-9a-f]{40}$/),
  serverVersion: z.string(),
  dumpTool: z.string(),
  characterSet: z.string().optional(),
  collation: z.string().optional(),
  tables: z.array(tableSchema),
  /** Names of what else the dump holds, by kind. */
  triggers: z.array(z.string()).optional(),
  routines: z.array(z.string()).optional(),
  events: z.array(z.string()).optional(),
  types: z.array(z.string()).optional(),
  extensions: z.array(z.string()).optional(),
  largeObjects: count.optional(),
  /** Owners and grantees that the dump names but does not hold: they must exist where it is restored. */
  roles: z.array(z.string()).optional(),
  /** Kinds of objects left out on purpose (`database: { skip: […] }`). */
  skipped: z.array(z.string()).optional(),
});

const skippedFileSchema = z.object({ path: z.string(), reason: z.string() });

const treeSchema = z.object({
  label: z.string(),
  /** Where the tree stood on the host. */
  source: z.string(),
  files: count,
  directories: count,
  links: count,
  /** Bytes of file contents. */
  bytes: count,
  /** What was left out although no rule said so, and why; at most `skippedListLimit` entries are listed. */
  skipped: z.array(skippedFileSchema),
  skippedCount: count,
  /** The rules by which files were left out. */
  excluded: z.array(z.string()),
  /** Set where only what these patterns match was wanted: the tree is then a part of what stood at `source`. */
  included: z.array(z.string()).optional(),
});

export const skippedListLimit = 1000;

export const manifestSchema = z.object({
  schemaVersion: z.literal(manifestSchemaVersion),
  application: z.string(),
  type: z.string(),
  /** Set where the archive holds nothing but keys of the application that is named here (`keys: separate`). */
  keysOf: z.string().optional(),
  version: z.object({
    before: z.string(),
    after: z.string(),
    /** Every place that told a version, such as `program files` or `database`. */
    sources: z.array(z.object({ source: z.string(), value: z.string() })),
  }),
  host: z.string(),
  startedAt: moment,
  endedAt: moment,
  /** Versions of what made the archive, such as `{ "backup-agent": "0.1.0", "node": "24.1.0" }`. */
  tools: z.record(z.string(), z.string()),
  databases: z.array(databaseSchema),
  trees: z.array(treeSchema),
  warnings: z.array(z.string()),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestDatabase = z.infer<typeof databaseSchema>;
export type ManifestTable = z.infer<typeof tableSchema>;
export type ManifestTree = z.infer<typeof treeSchema>;
