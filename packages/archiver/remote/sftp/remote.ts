import { OperationError } from "@catapullt/core/errors";
import type { FileEntryWithStats, SFTPWrapper, Stats } from "ssh2";
import { entryLimit, type FileState, type Remote, type RemoteEntry, type RemotePath } from "../remote.ts";
import { connectSftp, type SftpConnection } from "./connect.ts";
import { createReach, type Reach } from "./reach.ts";
import { readAhead } from "./read-ahead.ts";
import { endOfFile, noSuchFile, permissionDenied, type Session, serverError, statusCode } from "./session.ts";
import type { SftpSettings } from "./settings.ts";

// As much as ssh2 asks any OpenSSH server for in one request; more would cost a second one for the rest.
export const chunkBytes = 254 * 1024;
/** Of writes. */
export const outstandingRequests = 16;

/** An agent's work directory behind SFTP. */
export async function openSftpRemote(settings: SftpSettings, signal: AbortSignal): Promise<Remote> {
  return createSftpRemote(await connectSftp(settings, signal), settings);
}

/** The same over a connection that is there. */
export function createSftpRemote({ sftp, session, close }: SftpConnection, settings: SftpSettings): Remote {
  const reach = createReach({ sftp, session }, settings.bytesAhead);
  const root = settings.path.replace(/\/+$/, "");
  const directoryOf = (application: string) => `${root}/${application}`;
  const pathOf = ({ application, name }: RemotePath) => `${root}/${application}/${name}`;
  const lookAt = (path: string) => session.request<Stats>((answer) => sftp.lstat(path, answer));

  const look = async (path: RemotePath): Promise<FileState | undefined> => {
    const stats = await orUndefined(lookAt(pathOf(path)), pathOf(path));
    return stats !== undefined && kindOf(stats) === "file" ? fileState(stats) : undefined;
  };

  return {
    location: `${settings.user}@${settings.address}:${settings.path}`,
    close,
    look,
    async list() {
      try {
        return await readDirectory(root === "" ? "/" : root, { sftp, session });
      } catch (error) {
        if (statusCode(error) !== noSuchFile) throw serverError(error, root);
        throw new OperationError("work-directory-unusable", `${settings.address} has no directory ${settings.path}`, {
          hint: `set \`path\` to the agent's workDir as the user ${settings.user} sees it there (in a chroot: without the chroot's own path)`,
          cause: error,
        });
      }
    },
    async listApplication(application) {
      const directory = directoryOf(application);
      const stats = await orUndefined(lookAt(directory), directory);
      if (!stats?.isDirectory()) return [];
      try {
        return await readDirectory(directory, { sftp, session });
      } catch (error) {
        throw serverError(error, directory);
      }
    },
    async modifiedAt(application) {
      const directory = directoryOf(application);
      const stats = await orUndefined(lookAt(directory), directory);
      return stats?.isDirectory() ? stats.mtime : undefined;
    },
    async open(path) {
      const before = await look(path);
      if (before === undefined) throw replaced(pathOf(path));
      const handle = await session
        .request<Buffer>((answer) => sftp.open(pathOf(path), "r", answer))
        .catch((error: unknown) => Promise.reject(serverError(error, pathOf(path))));
      const closeFile = () => session.request<unknown>((answer) => sftp.close(handle, (error) => answer(error, null)));
      // SFTP cannot open without following links: what was opened must be what the name is, before and after.
      const [opened, after] = await Promise.all([
        session.request<Stats>((answer) => sftp.fstat(handle, answer)).then(fileState),
        look(path),
      ]);
      if (!isSame(before, opened) || after === undefined || !isSame(after, opened)) {
        await closeFile();
        throw replaced(pathOf(path));
      }
      return {
        ...opened,
        read: (position, end) => readHandle(handle, { position, end, subject: pathOf(path), sftp, session, reach }),
        async close() {
          // Nothing was written: a handle that is gone is closed, and nobody waits for it.
          closeFile().catch(() => {});
        },
      };
    },
    async remove(path) {
      const stats = await orUndefined(lookAt(pathOf(path)), pathOf(path));
      if (stats === undefined) return;
      if (kindOf(stats) !== "file") throw replaced(pathOf(path));
      try {
        await session.request<unknown>((answer) => sftp.unlink(pathOf(path), (error) => answer(error, null)));
      } catch (error) {
        if (error instanceof OperationError) throw error;
        if (statusCode(error) === noSuchFile) return;
        const denied = statusCode(error) === permissionDenied;
        throw new OperationError(
          "removal-failed",
          `${pathOf(path)} cannot be removed${denied ? ": permission denied" : ""}`,
          {
            hint: `the archive is safe in the vault. Give ${settings.user} write permission on ${directoryOf(path.application)} at the host, or use --keep-remote`,
            cause: error,
          },
        );
      }
    },
  };

  async function orUndefined<Answer>(asked: Promise<Answer>, path: string): Promise<Answer | undefined> {
    try {
      return await asked;
    } catch (error) {
      if (statusCode(error) === noSuchFile) return undefined;
      throw serverError(error, path);
    }
  }
}

export interface ReadOptions {
  position: number;
  end: number;
  /** For messages. */
  subject: string;
  sftp: SFTPWrapper;
  session: Session;
  reach: Reach;
}

/** Reads an open file ahead; a chunk is valid until the next one is asked for. */
export function readHandle(
  handle: Buffer,
  { position, end, subject, sftp, session, reach }: ReadOptions,
): AsyncIterable<Buffer> {
  const read = async (buffer: Buffer, at: number) => {
    try {
      const bytes = await session.request<number>((answer) => sftp.read(handle, buffer, 0, buffer.length, at, answer));
      reach.taken();
      return Math.min(bytes, buffer.length); // a server may say more than it was asked for
    } catch (error) {
      if (statusCode(error) === endOfFile) return 0;
      throw serverError(error, subject);
    }
  };
  const ahead = reach.bytes();
  const requestBytes = Math.min(chunkBytes, ahead);
  return readAhead({
    position,
    end,
    chunkBytes: requestBytes,
    depth: Math.max(1, Math.floor(ahead / requestBytes)),
    read,
  });
}

async function readDirectory(
  path: string,
  { sftp, session }: { sftp: SFTPWrapper; session: Session },
): Promise<RemoteEntry[]> {
  const handle = await session.request<Buffer>((answer) => sftp.opendir(path, answer));
  const entries: RemoteEntry[] = [];
  try {
    while (entries.length < entryLimit) {
      const more = await session.request<FileEntryWithStats[]>((answer) => sftp.readdir(handle, answer));
      for (const { filename, attrs } of more)
        entries.push({ name: filename, kind: kindOf(attrs), ...fileState(attrs) });
    }
  } catch (error) {
    if (statusCode(error) !== endOfFile) throw error;
  }
  await session.request<unknown>((answer) => sftp.close(handle, (error) => answer(error, null)));
  return entries;
}

function fileState({ size, mtime }: Stats): FileState {
  return { bytes: size, modifiedAt: mtime };
}

// A server may leave out attributes; what it does not call a file with a size is none.
function kindOf(stats: Stats): RemoteEntry["kind"] {
  if (!Number.isSafeInteger(stats.size) || stats.mode === undefined) return "other";
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "link" : "other";
}

function isSame(one: FileState, other: FileState): boolean {
  return one.bytes === other.bytes && one.modifiedAt === other.modifiedAt;
}

function replaced(path: string): OperationError {
  return new OperationError("transfer-failed", `${path} was replaced or removed meanwhile`, {
    hint: "nothing was removed at the host; the next run looks again",
  });
}
