import { lstatSync, renameSync, rmSync } from "node:fs";
import { errorMessage, hasErrorCode } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";

/** Why a catalog on disk cannot be used as it is. */
export type Trouble =
  | { kind: "damaged" | "unusable" | "busy"; message: string }
  | { kind: "moved" | "other-journal" | "other-version" };

// https://sqlite.org/rescode.html
const resultCodes = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
  moved: 8 | (4 << 8),
};

/** Tells what an error that came from the catalog's file means; any other error is thrown on. */
export function judgeTrouble(error: unknown, path: string): Trouble {
  const message = errorMessage(error);
  if (hasErrorCode(error, "EISDIR")) return { kind: "damaged", message: "it is a directory" };
  if (hasErrorCode(error, "EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "ELOOP"))
    return { kind: "unusable", message };
  if (hasErrorCode(error, "ENOSPC", "EDQUOT", "EIO", "EEXIST")) return { kind: "busy", message };
  if (error instanceof SyntaxError) return { kind: "damaged", message };
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : undefined;
  if (code === undefined) throw error;
  if (code === resultCodes.moved) return { kind: "moved" };
  return { kind: kindOf(code & 0xff, path), message };
}

function kindOf(code: number, path: string): "damaged" | "unusable" | "busy" {
  switch (code) {
    case resultCodes.corrupt:
    case resultCodes.notADatabase:
    case resultCodes.error:
      return "damaged";
    case resultCodes.cannotOpen:
      return isDirectory(path) ? "damaged" : "unusable";
    case resultCodes.readOnly:
      return "unusable";
    default:
      return "busy";
  }
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Renames a catalog, so that somebody can look at it; false where that is not possible. */
export function setAside(
  path: string,
  word: "corrupt" | "former",
  { log, why }: { log: Logger; why: string },
): boolean {
  const aside = `${path}.${word}-${new Date().toISOString().replaceAll(/[-:]/g, "")}`;
  try {
    // Never beside a new catalog: SQLite would work the old one's journal into it.
    rmSync(`${path}-journal`, { force: true });
    renameSync(path, aside);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return true; // another process has done it
    if (!hasErrorCode(error, "EACCES", "EPERM", "EROFS", "EBUSY", "EIO")) throw error;
    log.warn(`${why}, in memory only: it cannot be set aside: ${errorMessage(error)}`);
    return false;
  }
  log.warn(`${why}; the old one is ${aside}, and can be removed`);
  return true;
}

/** False where it cannot be removed. */
export function removeDatabase(path: string): boolean {
  if (isDirectory(path)) return true; // whoever opens it sets it aside
  try {
    rmSync(`${path}-journal`, { force: true });
    rmSync(path, { force: true });
    return true;
  } catch (error) {
    if (hasErrorCode(error, "EACCES", "EPERM", "EROFS", "EBUSY", "EIO")) return false;
    throw error;
  }
}
