import type { DumpEnds } from "@catapullt/core/archive/verify";

const magic = "SQLite format 3\0";
const pageSizeOffset = 16;

/** By the header (https://sqlite.org/fileformat2.html#the_database_header). A database without anything in it is an empty file. */
export function findDumpDamage({ head, bytes }: DumpEnds): string | undefined {
  if (bytes === 0) return undefined;
  if (head.length < 100 || head.toString("latin1", 0, magic.length) !== magic)
    return "it is no SQLite database: it does not begin with `SQLite format 3`";
  const stated = head.readUInt16BE(pageSizeOffset);
  const pageSize = stated === 1 ? 65_536 : stated;
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) return `its header states pages of ${pageSize} bytes`;
  const rest = bytes % pageSize;
  return rest === 0 ? undefined : `it ends within a page: ${rest} bytes of the last ${pageSize} are there`;
}
