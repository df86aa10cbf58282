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
  "database-denied": { exitCode: exitCodes.failed, meaning: "the database refuses the user or the password" },
  "database-privileges": {
    exitCode: exitCodes.failed,
    meaning: "the database user would leave objects out of the dump",
  },
  "dump-failed": { exitCode: exitCodes.failed, meaning: "the dump tool failed or was ended" },
  "dump-incomplete": {
    exitCode: exitCodes.failed,
    meaning: "the dump ended early or lacks objects that the database has",
  },
  "hook-failed": { exitCode: exitCodes.failed, meaning: "a command from `hooks` failed" },
  "command-timeout": { exitCode: exitCodes.failed, meaning: "a command ran longer than it may" },
  "command-failed": { exitCode: exitCodes.failed, meaning: "a command failed" },
  locked: { exitCode: exitCodes.locked, meaning: "another run of the same thing holds the lock" },
  "state-unusable": { exitCode: exitCodes.failed, meaning: "the state directory cannot be written" },
} as const satisfies Record<string, { exitCode: number; meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;
