import type { Manifest } from "@catapullt/core/archive/manifest";
import { z } from "zod";

const count = z.int().nonnegative();

/** Tables of which the dump has fewer bytes are not listed: a comparison takes them for that small. */
export const tableBytesFloor = 64 * 1024;

/** What an archive's manifest says of sizes and times, as far as it is kept when the archive itself is gone. */
export const contentsSchema = z.object({
  /** Of the backup, by the application host's clock; ISO 8601 in UTC. */
  startedAt: z.iso.datetime({ precision: 3 }),
  endedAt: z.iso.datetime({ precision: 3 }),
  /** Of the application. */
  version: z.string().optional(),
  databases: z.array(
    z.object({
      name: z.string(),
      engine: z.string(),
      /** Of the dump, uncompressed. */
      bytes: count,
      /** How many tables there are in all. */
      tableCount: count,
      /** Bytes in the dump of each table that has at least `tableBytesFloor`. */
      tables: z.record(z.string(), count),
    }),
  ),
  trees: z.array(z.object({ label: z.string(), files: count, bytes: count })),
});

export type ArchiveContents = z.infer<typeof contentsSchema>;

/** Pure. */
export function summarizeManifest({ startedAt, endedAt, version, databases, trees }: Manifest): ArchiveContents {
  return {
    startedAt,
    endedAt,
    version: version.after,
    databases: databases.map(({ name, engine, bytes, tables }) => {
      const large = tables.flatMap((table) =>
        table.bytes !== undefined && table.bytes >= tableBytesFloor ? [[table.name, table.bytes] as const] : [],
      );
      return { name, engine, bytes, tableCount: tables.length, tables: Object.fromEntries(large) };
    }),
    trees: trees.map(({ label, files, bytes }) => ({ label, files, bytes })),
  };
}
