import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { errorMessage, hasErrorCode, OperationError } from "./errors.ts";
import { makeDirectory } from "./make-directory.ts";

export interface Lock {
  /** May be called more than once. */
  release(): void;
}

export interface LockHolder {
  pid: number;
  since: string;
}

/**
 * Takes the lock `name` below `directory`, or fails at once with code `locked` and says who holds it.
 *
 * The lock is SQLite's exclusive lock on a file of its own, which is the kernel's (`fcntl`): it ends with the process,
 * however that ends, so a crash cannot leave it behind. The file beside it only says who holds it.
 */
export async function acquireLock(directory: string, name: string): Promise<Lock> {
  const path = join(directory, `${name}.lock`);
  const holderPath = holderFile(directory, name);
  await prepare(directory);
  const database = open(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;");
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw unusable(path, error);
    const holder = await readLockHolder(directory, name);
    const who = holder === undefined ? "" : ` (process ${holder.pid}, since ${holder.since})`;
    throw new OperationError("locked", `another run holds the lock ${path}${who}`, {
      hint: "wait until it has ended, or end it; the lock goes with the process that holds it",
    });
  }
  try {
    await writeFile(holderPath, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }), { mode: 0o640 });
  } catch (error) {
    database.close();
    throw unusable(holderPath, error);
  }
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

// SQLITE_BUSY and SQLITE_LOCKED; node:sqlite gives the result code of https://sqlite.org/rescode.html as `errcode`.
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && [5, 6].includes(Number(error.errcode) & 0xff);
}

async function prepare(directory: string): Promise<void> {
  try {
    if (makeDirectory(directory, 0o750)) await chmod(directory, 0o750);
  } catch (error) {
    throw unusable(directory, error);
  }
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw unusable(path, error);
  }
}

function unusable(path: string, cause: unknown): OperationError {
  return new OperationError("state-unusable", `the lock ${path} cannot be used: ${errorMessage(cause)}`, {
    hint: "make the directory writable for this user, or set `stateDir` to one that is",
    cause,
  });
}

/** Who took a lock last, in ISO 8601 since when; undefined where that is not known. */
export async function readLockHolder(directory: string, name: string): Promise<LockHolder | undefined> {
  try {
    return (JSON.parse(await readFile(holderFile(directory, name), "utf8")) as LockHolder | null) ?? undefined;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT") || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * The process that holds a lock now; undefined where none does. Nothing is touched, so that no run is kept from its lock:
 * the kernel's list is read (proc_locks(5)), which does not show processes of other containers.
 */
export async function findLockHolder(directory: string, name: string): Promise<LockHolder | undefined> {
  const holder = await readLockHolder(directory, name);
  if (holder === undefined) return undefined;
  try {
    const [{ ino }, list] = await Promise.all([stat(join(directory, `${name}.lock`)), readFile("/proc/locks", "utf8")]);
    return list.split("\n").some((line) => isLockOf(line, holder.pid, ino)) ? holder : undefined;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

// `1: POSIX  ADVISORY  WRITE 4711 fe:01:131104 1073741826 1073742335`. The device may be another than the file's own tells (btrfs, overlayfs).
function isLockOf(line: string, pid: number, inode: number): boolean {
  const [, kind, , access, holder, file = ""] = line.trim().split(/\s+/);
  return kind === "POSIX" && access === "WRITE" && Number(holder) === pid && file.endsWith(`:${inode}`);
}

function holderFile(directory: string, name: string): string {
  return join(directory, `${name}.holder`);
}
