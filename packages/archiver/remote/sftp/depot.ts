import { partName } from "@catapullt/core/atomic-file";
import { OperationError } from "@catapullt/core/errors";
import type { Stats } from "ssh2";
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
} from "../depot.ts";
import { connectSftp } from "./connect.ts";
import { createExtensions } from "./extensions.ts";
import { createReach } from "./reach.ts";
import { chunkBytes, createSftpRemote, outstandingRequests, readHandle } from "./remote.ts";
import { failure, noSuchFile, permissionDenied, serverError, statusCode } from "./session.ts";
import type { SftpSettings } from "./settings.ts";
import { createWriteBehind } from "./write-behind.ts";

// Less than this is as good as nothing for an archive.
const emptyBytes = 1024 * 1024;

/** A directory of a backup host behind SFTP. */
export async function openSftpDepot(settings: SftpSettings, signal: AbortSignal): Promise<Depot> {
  const connection = await connectSftp(settings, signal);
  const { sftp, session } = connection;
  const { location, look, open, listApplication, close, list } = createSftpRemote(connection, settings);
  const root = settings.path.replace(/\/+$/, "");
  const extensions = createExtensions(connection);
  const reach = createReach(connection);
  const freeBytes = () => extensions.freeBytes(root === "" ? "/" : root);
  const done = (send: (answer: (error?: Error | null) => void) => void) =>
    session.request<unknown>((answer) => send((error) => answer(error, null)));

  // OpenSSH has one answer for a full disk, a quota and a disk that is read-only.
  const writeError = async (error: unknown, subject: string): Promise<unknown> => {
    if (statusCode(error) === permissionDenied) {
      return new OperationError("access-denied", `${subject}: permission denied`, {
        hint: `give ${settings.user} write permission on that directory at ${settings.address}`,
        cause: error,
      });
    }
    if (statusCode(error) !== failure) return serverError(error, subject);
    const free = await freeBytes();
    if (free !== undefined && free < emptyBytes) return noSpace(location, error);
    return new OperationError("destination-unusable", `${subject} cannot be written: the server only says "failure"`, {
      hint: "mostly a quota or a file system that is mounted read-only: look at the backup host (quota, mount, dmesg)",
      cause: error,
    });
  };
  const orWriteError = async <Result>(subject: string, action: () => Promise<Result>): Promise<Result> => {
    try {
      return await action();
    } catch (error) {
      throw error instanceof OperationError ? error : await writeError(error, subject);
    }
  };

  const stateOf = async (path: string): Promise<Stats | undefined> => {
    try {
      return await session.request<Stats>((answer) => sftp.lstat(path, answer));
    } catch (error) {
      if (statusCode(error) === noSuchFile) return undefined;
      throw serverError(error, path);
    }
  };
  const removeFile = async (path: string) => {
    const stats = await stateOf(path);
    if (stats === undefined) return;
    if (!stats.isFile()) throw inTheWay(path, "something that is no file");
    await orWriteError(path, () => done((answer) => sftp.unlink(path, answer)));
  };

  return {
    location,
    look,
    open,
    listApplication,
    close,
    freeBytes,
    async list() {
      try {
        return await list();
      } catch (error) {
        if (error instanceof OperationError && error.code === "work-directory-unusable")
          throw noSuchDepot(location, error.cause);
        throw error;
      }
    },
    async makeDirectory(application) {
      const path = `${root}/${application}`;
      const stats = await stateOf(path);
      if (stats?.isDirectory()) return;
      if (stats !== undefined) throw inTheWay(path, "something that is no directory");
      await orWriteError(path, () => done((answer) => sftp.mkdir(path, { mode: directoryMode }, answer)));
    },
    removePart: ({ application, name }) => removeFile(`${root}/${application}/${partName(name)}`),
    async openPart(path, { resume }) {
      const part = `${root}/${path.application}/${partName(path.name)}`;
      const before = await stateOf(part);
      if (before !== undefined && !before.isFile()) throw inTheWay(part, "something that is no file");
      const goesOn = resume && before !== undefined;
      if (!goesOn) await removeFile(part);
      // A file that is made must not exist: nobody's link is followed.
      const handle = await orWriteError(part, () =>
        session.request<Buffer>((answer) => sftp.open(part, goesOn ? "r+" : "wx", { mode: publishedMode }, answer)),
      );
      const { size } = await orWriteError(part, () => session.request<Stats>((answer) => sftp.fstat(handle, answer)));
      if (size !== (goesOn ? before.size : 0)) throw inTheWay(part, "a file that somebody else writes to");
      return createPart({ handle, part, path: `${root}/${path.application}/${path.name}`, resumedFrom: size });
    },
  };

  interface OpenPart {
    handle: Buffer;
    part: string;
    path: string;
    resumedFrom: number;
  }

  function createPart({ handle, part, path, resumedFrom }: OpenPart): DepotPart {
    const behind = createWriteBehind({
      position: resumedFrom,
      chunkBytes,
      depth: outstandingRequests,
      write: async (buffer, position) => {
        await session.request<unknown>((answer) =>
          sftp.write(handle, buffer, 0, buffer.length, position, (error) => answer(error, null)),
        );
      },
    });
    let closed: Promise<unknown> | undefined;
    return {
      resumedFrom,
      read: () => readHandle(handle, { position: 0, end: resumedFrom, subject: part, sftp, session, reach }),
      write: (chunk) => orWriteError(part, () => behind.add(chunk)),
      async complete(expected) {
        await orWriteError(part, async () => {
          await behind.settle();
          await done((answer) => sftp.fsetstat(handle, { mode: publishedMode }, answer));
          const { size } = await session.request<Stats>((answer) => sftp.fstat(handle, answer));
          if (size !== expected) throw wrongSize(part, { bytes: size, expected });
          await extensions.sync(handle);
        });
      },
      async publish() {
        try {
          // Unlike posix-rename@openssh.com, SFTP's own never replaces anything.
          await done((answer) => sftp.rename(part, path, answer));
        } catch (error) {
          if (error instanceof OperationError) throw error;
          throw (await stateOf(path)) === undefined ? await writeError(error, path) : nameTaken(path);
        }
        // File systems with a journal make the file's new name durable with it.
        return { durable: await orWriteError(path, () => extensions.sync(handle)) };
      },
      async close() {
        await behind.settle().catch(() => {}); // whoever wrote has heard of it, or has given up
        closed ??= done((answer) => sftp.close(handle, answer)).catch(() => {});
        await closed;
      },
    };
  }
}
