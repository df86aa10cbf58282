import { constants } from "node:fs";
import { access, chmod, chown, mkdir, realpath, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";

export interface WorkDirectoryRequest {
  workDir: string;
  /** The built-in default is made where it is missing; a configured one must exist, or an unmounted disk would go unnoticed. */
  mayCreate: boolean;
  application: string;
  /** Numeric group for new directories; the process's own if absent. */
  group: number | undefined;
  /** What is backed up: the work directory must lie outside all of it. */
  roots: readonly string[];
}

const directoryMode = 0o750;

/** Makes `<workDir>/<application>` ready for an archive and returns its path. Throws before anything is written. */
export async function prepareWorkDirectory(request: WorkDirectoryRequest): Promise<string> {
  const { workDir, mayCreate, application, group, roots } = request;
  await refuseInside(workDir, roots);
  const directory = join(workDir, application);
  try {
    if (mayCreate) await makeDirectory(workDir, { group, recursive: true });
    if (!(await stat(workDir)).isDirectory()) throw unusable(workDir, "it is not a directory");
    await makeDirectory(directory, { group, recursive: false });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return directory;
  } catch (error) {
    if (error instanceof OperationError) throw error;
    if (hasErrorCode(error, "ENOENT")) throw missing(workDir, error);
    throw unusable(directory, reason(error), error);
  }
}

async function makeDirectory(
  path: string,
  { group, recursive }: { group: number | undefined; recursive: boolean },
): Promise<void> {
  try {
    const created = await mkdir(path, { recursive, mode: directoryMode });
    if (recursive && created === undefined) return;
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) return;
    throw error;
  }
  if (group !== undefined) await chown(path, -1, group);
  await chmod(path, directoryMode);
}

/** Throws `work-directory-inside-home`: an archive inside what is backed up would hold itself, and the next one would hold both. */
export async function refuseInside(workDir: string, roots: readonly string[]): Promise<void> {
  const place = await realPathOfExisting(workDir);
  for (const root of roots) {
    const realRoot = await realPathOfExisting(root);
    if (place !== realRoot && !place.startsWith(realRoot.endsWith(sep) ? realRoot : `${realRoot}${sep}`)) continue;
    throw new OperationError(
      "work-directory-inside-home",
      `the work directory ${workDir} lies inside ${root}, which is backed up`,
      {
        hint: "set `workDir` to a directory outside the application's data, such as /var/backups/backup-tools",
      },
    );
  }
}

// Of a path that does not exist yet, the part that does is resolved.
async function realPathOfExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT", "ENOTDIR")) throw error;
    const parent = dirname(path);
    return parent === path ? path : join(await realPathOfExisting(parent), path.slice(parent.length));
  }
}

function missing(workDir: string, cause: unknown): OperationError {
  return new OperationError("work-directory-unusable", `the work directory ${workDir} does not exist`, {
    hint: `mount it if it is a mount point, or make it: mkdir -m 0750 ${workDir}`,
    cause,
  });
}

function unusable(path: string, problem: string, cause?: unknown): OperationError {
  return new OperationError("work-directory-unusable", `the work directory ${path} cannot be used: ${problem}`, {
    hint: "make it writable for the user that runs the agent, or set `workDir` to a directory that is",
    cause,
  });
}

function reason(error: unknown): string {
  if (hasErrorCode(error, "EROFS")) return "its file system is read-only";
  if (hasErrorCode(error, "EACCES", "EPERM")) return "permission denied";
  if (hasErrorCode(error, "ENOSPC", "EDQUOT")) return "its file system is full";
  if (hasErrorCode(error, "ENOTDIR", "EEXIST")) return "a part of the path is not a directory";
  return errorMessage(error);
}
