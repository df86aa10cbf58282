import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";

// SQLite's primary result codes (https://sqlite.org/rescode.html).
const busy = 5;
const locked = 6;
const corrupt = 11;
const cannotOpen = 14;
const notADatabase = 26;

/** Turns an error of SQLite or of the file system about this database file into one that the user can act on. */
export function sqliteFailure(file: string, error: unknown): unknown {
  if (hasErrorCode(error, "ENOENT", "ENOTDIR")) {
    return new OperationError("database-unknown", `the SQLite database ${file} does not exist`, {
      hint: "check `file`",
      cause: error,
    });
  }
  if (hasErrorCode(error, "EACCES", "EPERM")) {
    return new OperationError("database-denied", `the SQLite database ${file} cannot be read: ${error.message}`, {
      hint: "run the backup as root, or as the user to whom the file belongs",
      cause: error,
    });
  }
  if (!hasErrorCode(error, "ERR_SQLITE_ERROR")) return error;
  switch (resultCode(error)) {
    case busy:
    case locked:
      return new OperationError("database-unreachable", `the SQLite database ${file} is locked by another process`, {
        hint: "something holds an exclusive lock for long: find it with fuser, and run the backup when it has ended",
        cause: error,
      });
    case corrupt:
      return damaged(file, error.message, error);
    case notADatabase:
      return damaged(file, "it is not an SQLite database, or an encrypted one", error);
    case cannotOpen:
      return new OperationError("database-denied", `the SQLite database ${file} cannot be opened`, {
        hint: "it and its directory must be readable, and where it is in WAL mode the directory must be writable too",
        cause: error,
      });
    default:
      return new OperationError("database-query-failed", `the SQLite database ${file}: ${errorMessage(error)}`, {
        cause: error,
      });
  }
}

/** True if another process keeps the database locked for now. */
export function isBusy(error: unknown): boolean {
  return hasErrorCode(error, "ERR_SQLITE_ERROR") && [busy, locked].includes(resultCode(error) ?? 0);
}

export function damaged(file: string, problem: string, cause?: unknown): OperationError {
  return new OperationError("database-damaged", `the SQLite database ${file} cannot be backed up: ${problem}`, {
    hint: "see what `PRAGMA integrity_check` says of it; restore an older backup, or save what `.recover` of sqlite3 can read",
    cause,
  });
}

// Extended codes carry the primary one in their low byte.
function resultCode(error: NodeJS.ErrnoException): number | undefined {
  return "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}
