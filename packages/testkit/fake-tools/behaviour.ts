/** Whose dump tool the fake claims to be: it accepts the options of that one only and writes dumps of its shape. */
export const dumpFlavours = {
  "mysql-5.7": {
    version: "mysqldump  Ver 10.13 Distrib 5.7.44, for Linux (x86_64)",
    header: "-- MySQL dump 10.13  Distrib 5.7.44, for Linux (x86_64)",
    options: ["set-gtid-purged", "ssl-mode"],
  },
  "mysql-8.0": {
    version: "mysqldump  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)",
    header: "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)",
    options: ["set-gtid-purged", "ssl-mode", "column-statistics", "source-data"],
  },
  "mysql-8.4": {
    version: "mysqldump  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)",
    header: "-- MySQL dump 10.13  Distrib 8.4.3, for Linux (x86_64)",
    options: ["set-gtid-purged", "ssl-mode", "column-statistics", "source-data"],
  },
  "mysql-9.1": {
    version: "mysqldump  Ver 9.1.0 for Linux on x86_64 (MySQL Community Server - GPL)",
    header: "-- MySQL dump 10.13  Distrib 9.1.0, for Linux (x86_64)",
    options: ["set-gtid-purged", "ssl-mode", "column-statistics", "source-data"],
  },
  "mariadb-10.11": {
    version: "mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)",
    header: undefined,
    options: ["dump-history", "ssl-verify-server-cert"],
  },
  "mariadb-11.4": {
    version: "mariadb-dump from 11.4.2-MariaDB, client 10.19 for debian-linux-gnu (x86_64)",
    header: undefined,
    options: ["dump-history", "ssl-verify-server-cert"],
  },
  unknown: { version: "dumper 1.0", header: undefined, options: [] },
} as const satisfies Record<string, { version: string; header: string | undefined; options: readonly string[] }>;

export type DumpFlavour = keyof typeof dumpFlavours;

/** Options that all of them take, without the leading dashes and what follows `=`. */
export const commonOptions = [
  "defaults-file",
  "single-transaction",
  "quick",
  "hex-blob",
  "default-character-set",
  "no-tablespaces",
  "max-allowed-packet",
  "triggers",
  "routines",
  "events",
  "skip-triggers",
  "skip-routines",
  "skip-events",
  "ignore-table",
];

/** How a dump ends. All but `whole` and `loud` were seen with real tools, or follow from their source. */
export const dumpBehaviours = {
  whole: "a whole dump",
  loud: "a whole dump, and 40 MB on standard error that are not UTF-8",
  raw: "a whole dump whose binary columns are raw bytes, not UTF-8",
  nothing: "not a byte: exit code 2",
  "cut-at-statement": "the connection is lost in the second table: ends after a whole statement, exit code 3",
  "cut-anywhere": "the disk is full: ends in the middle of a row, exit code 5",
  "no-closing-line": "no closing line, yet exit code 0",
  "failed-but-closed": "all there, closing line too, yet exit code 2",
  "lacks-table": "a table is left out: closing line and exit code 0",
  "lacks-trigger": "triggers are left out: closing line and exit code 0",
  endless: "writes its header and then nothing more, for ever",
  stubborn: "the same, and SIGTERM does not end it",
  killed: "is killed half-way",
  "loud-failure": "40 MB on standard error, then exit code 2",
} as const;

export type DumpBehaviour = keyof typeof dumpBehaviours;
