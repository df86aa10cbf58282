import type { ManifestTable } from "@catapullt/core/archive/manifest";

const transactional = ["InnoDB", "RocksDB", "TokuDB", "SEQUENCE", ""];

// The dump tools write the definitions of such tables, but none of their rows (`check_if_ignore_table` in mysqldump.c).
const rowsElsewhere = ["MRG_MyISAM", "MRG_ISAM", "FEDERATED", "CONNECT", "OQGRAPH", "SPIDER"];

/** True for tables whose rows `--single-transaction` freezes. */
export function isTransactional({ storage = "" }: Pick<ManifestTable, "storage">): boolean {
  return transactional.includes(storage);
}

/** True for tables whose rows are in a dump. */
export function holdsOwnRows({ kind, storage = "" }: Pick<ManifestTable, "kind" | "storage">): boolean {
  return kind === "table" && !rowsElsewhere.some((name) => name.toLowerCase() === storage.toLowerCase());
}
