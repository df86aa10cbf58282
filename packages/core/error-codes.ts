import { exitCodes } from "./exit-codes.ts";

/**
 * Every failure that a user can meet: its stable code, the exit code that it ends with, and what it means.
 * `docs/reference/exit-codes.md` lists the same codes; a test holds the two together.
 */
export const errorCodes = {
  "usage-invalid": { exitCode: exitCodes.usage, meaning: "the command line cannot be understood" },
  "config-invalid": { exitCode: exitCodes.usage, meaning: "the configuration has problems; all of them are listed" },
  "config-missing": { exitCode: exitCodes.usage, meaning: "the configuration file that was named does not exist" },
  "config-unsafe": { exitCode: exitCodes.usage, meaning: "a file that holds a secret can be read by others" },
  "secret-unreadable": { exitCode: exitCodes.usage, meaning: "a configured secret cannot be read" },
  "application-unknown": { exitCode: exitCodes.usage, meaning: "no application or type has this name" },
  "application-not-found": { exitCode: exitCodes.failed, meaning: "the application is not where it was looked for" },
  "application-unreadable": {
    exitCode: exitCodes.failed,
    meaning: "the application's own configuration cannot be understood",
  },
  "password-unavailable": {
    exitCode: exitCodes.failed,
    meaning: "the application keeps its database password in a form that cannot be read",
  },
  "version-unreadable": { exitCode: exitCodes.failed, meaning: "the application's version cannot be read" },
  "version-changed": { exitCode: exitCodes.failed, meaning: "the application was upgraded while the backup ran" },
  "consistency-failed": {
    exitCode: exitCodes.failed,
    meaning: "the application could not be brought to rest for the backup, or not let go on after it",
  },
  "work-directory-unusable": {
    exitCode: exitCodes.failed,
    meaning: "the work directory is missing, full or read-only",
  },
  "work-directory-inside-home": {
    exitCode: exitCodes.usage,
    meaning: "the work directory lies inside a directory that is backed up",
  },
  "archive-invalid": { exitCode: exitCodes.failed, meaning: "an archive is damaged or was not made by these tools" },
  "archive-write-failed": { exitCode: exitCodes.failed, meaning: "the archive could not be written" },
  "files-unreadable": { exitCode: exitCodes.failed, meaning: "files that must be saved cannot be read" },
  "tool-missing": { exitCode: exitCodes.failed, meaning: "a program that is needed is not installed" },
  "database-unreachable": { exitCode: exitCodes.failed, meaning: "the database server does not answer" },
  "database-unsupported": { exitCode: exitCodes.failed, meaning: "databases of this kind cannot be dumped" },
  "database-unknown": { exitCode: exitCodes.failed, meaning: "the database server has no database of this name" },
  "database-denied": { exitCode: exitCodes.failed, meaning: "the database refuses the user or the password" },
  "database-privileges": {
    exitCode: exitCodes.failed,
    meaning: "the database user would leave objects out of the dump",
  },
  "database-query-failed": { exitCode: exitCodes.failed, meaning: "the database server refuses a query" },
  "database-damaged": { exitCode: exitCodes.failed, meaning: "the database is damaged or is not one" },
  "dump-failed": { exitCode: exitCodes.failed, meaning: "the dump tool failed or was ended" },
  "dump-incomplete": {
    exitCode: exitCodes.failed,
    meaning: "the dump ended early or lacks objects that the database has",
  },
  "archive-unsafe": {
    exitCode: exitCodes.failed,
    meaning: "an archive holds members that would be written outside their place, or more than it says",
  },
  "restore-refused": {
    exitCode: exitCodes.failed,
    meaning: "a restore would overwrite something or is not safe now; nothing was done",
  },
  "restore-failed": {
    exitCode: exitCodes.failed,
    meaning: "a restore could not be finished; the message says where everything is",
  },
  "drill-failed": {
    exitCode: exitCodes.failed,
    meaning: "an archive was not proven: the message and the report say what was found",
  },
  "hook-failed": { exitCode: exitCodes.failed, meaning: "a command from `hooks` failed" },
  "command-timeout": { exitCode: exitCodes.failed, meaning: "a command ran longer than it may" },
  "command-failed": { exitCode: exitCodes.failed, meaning: "a command failed" },
  "host-unknown": { exitCode: exitCodes.usage, meaning: "no host of this name is configured" },
  "host-unreachable": { exitCode: exitCodes.failed, meaning: "a host does not answer" },
  "host-key-unknown": { exitCode: exitCodes.failed, meaning: "a host's key is not in `known_hosts`" },
  "host-key-changed": { exitCode: exitCodes.failed, meaning: "a host's key is not the one in `known_hosts`" },
  "host-key-revoked": { exitCode: exitCodes.failed, meaning: "a host's key is marked as revoked in `known_hosts`" },
  "identity-unusable": { exitCode: exitCodes.failed, meaning: "the SSH key or agent to log in with cannot be used" },
  "access-denied": { exitCode: exitCodes.failed, meaning: "a host refuses the login or the access to a file" },
  "host-timeout": { exitCode: exitCodes.failed, meaning: "a pull from a host took longer than it may" },
  "connection-lost": { exitCode: exitCodes.failed, meaning: "the connection to a host ended or stood still" },
  "transfer-failed": {
    exitCode: exitCodes.failed,
    meaning: "an archive could not be fetched from a host, or sent to one",
  },
  "transfer-mismatch": {
    exitCode: exitCodes.failed,
    meaning: "an archive is not the one that its sidecar or the vault's copy speaks of; nothing was removed",
  },
  "destination-unusable": {
    exitCode: exitCodes.failed,
    meaning: "the directory that archives are pushed to is missing, full or read-only",
  },
  "removal-failed": { exitCode: exitCodes.failed, meaning: "a fetched archive could not be removed at its host" },
  "vault-unusable": { exitCode: exitCodes.failed, meaning: "the vault is missing, read-only or damaged" },
  "vault-full": { exitCode: exitCodes.failed, meaning: "an archive does not fit into the vault" },
  "quota-exceeded": { exitCode: exitCodes.failed, meaning: "an archive does not fit into its host's quota" },
  locked: { exitCode: exitCodes.locked, meaning: "another run of the same thing holds the lock" },
  "message-not-sent": { exitCode: exitCodes.failed, meaning: "a message could not be sent" },
  "output-failed": {
    exitCode: exitCodes.failed,
    meaning: "a result cannot be written to standard output or to its file",
  },
  "state-unusable": { exitCode: exitCodes.failed, meaning: "the state directory cannot be written" },
} as const satisfies Record<string, { exitCode: number; meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;
