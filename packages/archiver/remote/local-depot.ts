import { constants } from "node:fs";
import { type FileHandle, link, lstat, mkdir, open, rename, statfs, unlink } from "node:fs/promises";
import { join } from "node:path";
import { partName, syncDirectory } from "@catapullt/core/atomic-file";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import {
  type Depot,
  type DepotPart,
  directoryMode,
  inTheWay,
  nameTaken,
  noSpace,
  noSuchDepot,
  publishedMode,
  wrongSize,
} from "./depot.ts";
import { inside, openLocalRemote } from "./local.ts";
import type { RemotePath } from "./remote.ts";

const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
const readBytes = 1024 * 1024;

/** A directory of a mounted disk. */
export async function openLocalDepot(path: string): Promise<Depot> {
  const { location, look, open: openFile, listApplication, close, list } = await openLocalRemote(path);
  /** Works in an application's directory, which must be there. */
  const within = async <Result>(
    { application, name }: RemotePath,
    action: (directory: string) => Promise<Result>,
  ): Promise<Result> => {
    const found = await orFarError(join(path, application, name), () =>
      inside({ path, application }, async (directory) => ({ result: await action(directory) })),
    );
    if (found === undefined) throw inTheWay(join(path, application), "nothing, or something that is no directory,");
    return found.result;
  };

  return {
    location,
    look,
    open: openFile,
    listApplication,
    close,
    async freeBytes() {
      const { bavail, bsize } = await orFarError(path, () => statfs(path));
      return bavail * bsize;
    },
    async list() {
      try {
        return await list();
      } catch (error) {
        if (!(error instanceof OperationError) || error.code !== "work-directory-unusable") throw error;
        throw noSuchDepot(path, error);
      }
    },
    async makeDirectory(application) {
      const directory = join(path, application);
      await orFarError(directory, async () => {
        try {
          await mkdir(directory, { mode: directoryMode });
          await syncDirectory(path);
        } catch (error) {
          if (!hasErrorCode(error, "EEXIST")) throw error;
          if (!(await lstat(directory)).isDirectory()) throw inTheWay(directory, "something that is no directory");
        }
      });
    },
    removePart: ({ application, name }) =>
      within({ application, name }, (directory) => removeFile(join(directory, partName(name)))),
    openPart: ({ application, name }, { resume }) =>
      within({ application, name }, async (directory) => {
        const part = join(directory, partName(name));
        const goesOn = resume && (await isThere(part));
        if (!goesOn) await removeFile(part);
        const flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | (goesOn ? 0 : O_CREAT | O_EXCL);
        const handle = await open(part, flags, publishedMode);
        const stats = await handle.stat();
        if (!stats.isFile()) {
          await handle.close();
          throw inTheWay(join(path, application, partName(name)), "something that is no file");
        }
        const subject = join(path, application, name);
        return createPart(handle, {
          subject,
          resumedFrom: stats.size,
          publish: () => within({ application, name }, (place) => publish(place, { name, subject })),
        });
      }),
  };
}

interface PartOptions {
  subject: string;
  resumedFrom: number;
  publish: () => Promise<void>;
}

function createPart(handle: FileHandle, { subject, resumedFrom, publish: giveName }: PartOptions): DepotPart {
  let position = resumedFrom;
  let closed: Promise<void> | undefined;
  return {
    resumedFrom,
    async *read() {
      const buffer = Buffer.allocUnsafeSlow(readBytes);
      for (let at = 0; at < resumedFrom; ) {
        const wanted = Math.min(readBytes, resumedFrom - at);
        const { bytesRead } = await orFarError(subject, () => handle.read(buffer, 0, wanted, at));
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
    write: (chunk) =>
      orFarError(subject, async () => {
        for (let offset = 0; offset < chunk.length; ) {
          const { bytesWritten } = await handle.write(chunk, offset, chunk.length - offset, position);
          offset += bytesWritten;
          position += bytesWritten;
        }
      }),
    complete: (expected) =>
      orFarError(subject, async () => {
        await handle.chmod(publishedMode);
        await handle.sync();
        const { size } = await handle.stat();
        if (size !== expected) throw wrongSize(subject, { bytes: size, expected });
      }),
    async publish() {
      await giveName();
      return { durable: true };
    },
    async close() {
      closed ??= handle.close().catch(() => {}); // whoever wrote has heard of it, or has given up
      await closed;
    },
  };
}

async function publish(directory: string, { name, subject }: { name: string; subject: string }): Promise<void> {
  const part = join(directory, partName(name));
  const published = join(directory, name);
  try {
    await link(part, published);
    await unlink(part);
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) throw nameTaken(subject);
    // File systems without hard links: FAT, some network ones.
    if (!hasErrorCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK")) throw error;
    if (await isThere(published)) throw nameTaken(subject);
    await rename(part, published);
  }
  await syncDirectory(directory);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return false;
    throw error;
  }
}

async function removeFile(path: string): Promise<void> {
  if (!(await isThere(path))) return;
  if (!(await lstat(path)).isFile()) throw inTheWay(path, "something that is no file");
  await unlink(path);
}

/** Turns the system's errors into errors for the user; any other error stays what it is. */
async function orFarError<Result>(subject: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (hasErrorCode(error, "ENOSPC", "EDQUOT")) throw noSpace(subject, error);
    const isDenied = hasErrorCode(error, "EACCES", "EPERM");
    if (!isDenied && !hasErrorCode(error, "EROFS", "EIO", "ESTALE", "ENOENT", "ENOTDIR", "ELOOP", "EEXIST"))
      throw error;
    throw new OperationError(
      isDenied ? "access-denied" : "destination-unusable",
      `${subject}: ${errorMessage(error)}`,
      {
        hint: isDenied ? "give this user write permission there" : "look at the mount and its server (mount, dmesg)",
        cause: error,
      },
    );
  }
}
