import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import {
  entryLimit,
  type FileState,
  type Remote,
  type RemoteEntry,
  type RemoteFile,
  type RemotePath,
} from "./remote.ts";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
const chunkBytes = 1024 * 1024;

/** An agent's work directory that is mounted here, over NFS for instance. */
export async function openLocalRemote(path: string): Promise<Remote> {
  const subject = ({ application, name }: RemotePath) => join(path, application, name);
  return {
    location: path,
    async close() {},
    async list() {
      try {
        if (!(await stat(path)).isDirectory()) throw unusable(path, "is not a directory");
        return await readEntries(path);
      } catch (error) {
        if (error instanceof OperationError) throw error;
        throw unusable(
          path,
          hasErrorCode(error, "ENOENT") ? "does not exist" : `cannot be read: ${errorMessage(error)}`,
        );
      }
    },
    async listApplication(application) {
      return (await inside({ path, application }, readEntries)) ?? [];
    },
    async modifiedAt(application) {
      const stats = await inside({ path, application }, (directory) => stat(directory));
      return stats === undefined ? undefined : fileState(stats).modifiedAt;
    },
    async look({ application, name }) {
      const stats = await inside({ path, application }, (directory) => lstat(join(directory, name)));
      return stats?.isFile() ? fileState(stats) : undefined;
    },
    async open(wanted) {
      const handle = await inside({ path, application: wanted.application }, (directory) =>
        open(join(directory, wanted.name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
      );
      if (handle === undefined) throw gone(subject(wanted));
      const stats = await handle.stat();
      if (!stats.isFile()) {
        await handle.close();
        throw gone(subject(wanted));
      }
      return openFile(handle, fileState(stats), subject(wanted));
    },
    async remove({ application, name }) {
      try {
        await inside({ path, application }, async (directory) => {
          if (!(await lstat(join(directory, name))).isFile()) throw gone(subject({ application, name }));
          await unlink(join(directory, name));
        });
      } catch (error) {
        if (error instanceof OperationError && error.code !== "access-denied") throw error;
        throw new OperationError(
          "removal-failed",
          `${subject({ application, name })} cannot be removed: ${errorMessage(error)}`,
          {
            hint: "the archive is safe in the vault. Give this user write permission on the directory, or use --keep-remote",
            cause: error,
          },
        );
      }
    },
  };
}

/**
 * Works in an application's directory through an open descriptor, so that it cannot be exchanged for a link meanwhile: who
 * can write to the mount must not reach other places of this machine. Undefined if the directory, or what is asked for
 * in it, does not exist or is a link.
 */
export async function inside<Result>(
  { path, application }: { path: string; application: string },
  action: (directory: string) => Promise<Result>,
): Promise<Result | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(join(path, application), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return await action(`/proc/self/fd/${handle.fd}`);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    if (!hasErrorCode(error, "EACCES", "EPERM", "EROFS", "EIO", "ESTALE")) throw error;
    const code = hasErrorCode(error, "EIO", "ESTALE") ? "transfer-failed" : "access-denied";
    throw new OperationError(code, `${join(path, application)}: ${errorMessage(error)}`, { cause: error });
  } finally {
    await handle?.close();
  }
}

async function readEntries(directory: string): Promise<RemoteEntry[]> {
  const names = (await readdir(directory)).slice(0, entryLimit);
  const entries: RemoteEntry[] = [];
  for (const name of names) {
    try {
      const stats = await lstat(join(directory, name));
      entries.push({ name, kind: kindOf(stats), ...fileState(stats) });
    } catch (error) {
      if (!hasErrorCode(error, "ENOENT")) throw error; // removed since the names were read
    }
  }
  return entries;
}

function openFile(handle: FileHandle, state: FileState, subject: string): RemoteFile {
  return {
    ...state,
    close: () => handle.close(),
    async *read(position, end) {
      const buffer = Buffer.allocUnsafeSlow(chunkBytes);
      for (let at = position; at < end; ) {
        const { bytesRead } = await readSome(handle, { buffer, length: Math.min(chunkBytes, end - at), at, subject });
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
  };
}

async function readSome(
  handle: FileHandle,
  { buffer, length, at, subject }: { buffer: Buffer; length: number; at: number; subject: string },
): Promise<{ bytesRead: number }> {
  try {
    return await handle.read(buffer, 0, length, at);
  } catch (error) {
    throw new OperationError("transfer-failed", `${subject} cannot be read: ${errorMessage(error)}`, {
      hint: "look at the mount and its server",
      cause: error,
    });
  }
}

function fileState(stats: Stats): FileState {
  return { bytes: stats.size, modifiedAt: Math.floor(stats.mtimeMs / 1000) };
}

function kindOf(stats: Stats): RemoteEntry["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "link" : "other";
}

function unusable(path: string, problem: string): OperationError {
  return new OperationError("work-directory-unusable", `the directory ${path} ${problem}`, {
    hint: "check that it is mounted and that `path` is right",
  });
}

function gone(subject: string): OperationError {
  return new OperationError("transfer-failed", `${subject} was replaced or removed meanwhile`, {
    hint: "nothing was removed at the host; the next run looks again",
  });
}
