import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { acquireLock, findLockHolder } from "@catapullt/core/lock";
import { guardDirectory } from "@catapullt/core/process/guard";

/** The one directory in which a drill writes. */
export interface Workspace {
  path: string;
  /** An existing directory in it of its own. */
  directory(name: string): Promise<string>;
  /** Removes it with all that is in it. Idempotent; it also goes away when this process ends, however it ends. */
  remove(): Promise<void>;
}

const prefix = ".backup-agent-drill-";
const lockName = "in-use";
// A socket's path has at most 107 bytes (unix(7)); engines put theirs two levels below.
const longestPath = 80;
const makingLimit = 60_000;

/** Makes a workspace in an existing directory, and removes what drills have left there that were ended together with their guards. */
export async function createWorkspace(parent: string): Promise<Workspace> {
  await removeAbandoned(parent);
  const path = join(parent, `${prefix}${randomBytes(4).toString("hex")}`);
  if (Buffer.byteLength(path) > longestPath) {
    throw new OperationError("drill-failed", `the path of ${parent} is too long for a server's socket`, {
      hint: `drill in a directory whose path has at most ${longestPath - prefix.length - 9} characters: --directory DIR`,
    });
  }
  try {
    await mkdir(path);
    // Servers run as users of their own: they may pass through, and see nothing.
    await chmod(path, 0o711);
  } catch (error) {
    throw unusable(parent, error);
  }
  const guard = guardDirectory(path);
  try {
    const lock = await acquireLock(path, lockName);
    return {
      path,
      async directory(name) {
        const directory = join(path, name);
        await mkdir(directory, { recursive: true, mode: 0o700 });
        return directory;
      },
      async remove() {
        lock.release();
        await guard.end();
      },
    };
  } catch (error) {
    await guard.end();
    throw error;
  }
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const path of await listWorkspaces(parent))
    if (!(await isInUse(path))) await rm(path, { recursive: true, force: true });
}

/** The workspaces of this user's drills in a directory, in use or not. */
async function listWorkspaces(parent: string): Promise<string[]> {
  const own: string[] = [];
  for (const name of await listNames(parent)) {
    const path = join(parent, name);
    if (name.startsWith(prefix) && (await isOwn(path))) own.push(path);
  }
  return own;
}

/** The workspaces that no drill uses any more; looks only, and changes nothing. */
export async function findAbandonedWorkspaces(parent: string): Promise<string[]> {
  const abandoned: string[] = [];
  for (const path of await listWorkspaces(parent)) {
    if ((await isBeingMade(path)) || (await findLockHolder(path, lockName)) !== undefined) continue;
    abandoned.push(path);
  }
  return abandoned;
}

// Where everybody may write, others could put down what looks like ours, with links in it.
async function isOwn(path: string): Promise<boolean> {
  const stats = await lstat(path);
  return stats.isDirectory() && stats.uid === process.getuid?.();
}

async function isInUse(path: string): Promise<boolean> {
  if (await isBeingMade(path)) return true;
  try {
    (await acquireLock(path, lockName)).release();
    return false;
  } catch (error) {
    if (error instanceof OperationError) return true; // locked, or not ours to look into
    throw error;
  }
}

// Between a workspace and its lock there is a moment.
async function isBeingMade(path: string): Promise<boolean> {
  const { mtimeMs } = await lstat(path);
  const age = Date.now() - mtimeMs;
  return age >= 0 && age < makingLimit && !(await listNames(path)).some((name) => name.startsWith(lockName));
}

async function listNames(parent: string): Promise<string[]> {
  try {
    return await readdir(parent);
  } catch (error) {
    throw unusable(parent, error);
  }
}

function unusable(parent: string, error: unknown): unknown {
  if (!hasErrorCode(error, "ENOENT", "ENOTDIR", "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT")) return error;
  return new OperationError("drill-failed", `no drill can be held in ${parent}: ${errorMessage(error)}`, {
    hint: "name an existing directory in which this user may write: --directory DIR",
    cause: error,
  });
}
