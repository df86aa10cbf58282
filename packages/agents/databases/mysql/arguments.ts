import { secretInputPath } from "@catapullt/core/process/start";
import type { SkippableKind } from "../engine.ts";
import { isAtLeast, type Product } from "./product.ts";

export interface DumpRequest {
  tool: Product;
  database: string;
  skip: readonly SkippableKind[];
  /** Names of views to leave out: the tools have no option for all of them. */
  ignoredViews: readonly string[];
  /** True where the database has system-versioned tables, whose history is dumped on demand only. */
  hasHistory: boolean;
}

/**
 * The arguments of mysqldump or mariadb-dump for one whole database. Each flavour refuses the other's options (exit
 * codes 2 and 7), so they depend on whose tool it is; sources: `mysqldump --help` of both.
 */
export function dumpArguments({ tool, database, skip, ignoredViews, hasHistory }: DumpRequest): string[] {
  return [
    `--defaults-file=${secretInputPath}`, // must be the first
    "--single-transaction",
    "--quick",
    "--hex-blob",
    "--default-character-set=utf8mb4",
    "--no-tablespaces",
    "--max-allowed-packet=1G",
    ...(["triggers", "routines", "events"] as const).map((kind) =>
      skip.includes(kind) ? `--skip-${kind}` : `--${kind}`,
    ),
    ...flavourArguments(tool),
    ...(hasHistory && canDumpHistory(tool) ? ["--dump-history"] : []),
    ...ignoredViews.map((view) => `--ignore-table=${database}.${view}`),
    "--",
    database,
  ];
}

/** True if the tool can dump the history of system-versioned tables. */
export function canDumpHistory(tool: Product): boolean {
  return tool.flavour === "mariadb" && isAtLeast(tool, 10, 11);
}

function flavourArguments(tool: Product): string[] {
  if (tool.flavour === "mariadb") return [];
  // GTIDs would make the dump unloadable into a server that has its own, and need privileges that a backup has not.
  const everywhere = ["--set-gtid-purged=OFF"];
  // Asked of a server that keeps no such statistics (5.7, MariaDB), the tool of 8.0 fails with error 1109.
  return isAtLeast(tool, 8) ? [...everywhere, "--column-statistics=0"] : everywhere;
}

/** The arguments of mysql or mariadb, which reads its statements from standard input. */
export function clientArguments(database: string | undefined): string[] {
  return [
    `--defaults-file=${secretInputPath}`,
    "--batch",
    "--skip-column-names",
    "--skip-auto-rehash",
    "--default-character-set=utf8mb4",
    "--connect-timeout=20",
    ...(database === undefined ? [] : ["--", database]),
  ];
}
