import type { SftpConnection } from "./connect.ts";
import { operationUnsupported, statusCode } from "./session.ts";

/** What OpenSSH's server can do beyond the protocol (its PROTOCOL file, 4.4 and 4.7), and others partly. */
export interface Extensions {
  /** Has an open file written to the disk; false where the server cannot be asked to. */
  sync(handle: Buffer): Promise<boolean>;
  /** Bytes that are free for this user where `path` lies; undefined where the server does not tell. */
  freeBytes(path: string): Promise<number | undefined>;
}

interface FileSystemState {
  f_bavail: number | bigint;
  f_frsize: number | bigint;
}

export function createExtensions({ sftp, session }: Pick<SftpConnection, "sftp" | "session">): Extensions {
  return {
    async sync(handle) {
      const isDone = await ask((answer) => sftp.ext_openssh_fsync(handle, (error) => answer(error, true)));
      return isDone === true;
    },
    async freeBytes(path) {
      const state = await ask<FileSystemState>((answer) => sftp.ext_openssh_statvfs(path, answer)).catch(
        (error: unknown) => (statusCode(error) === undefined ? Promise.reject(error) : undefined),
      );
      return state === undefined ? undefined : Number(state.f_bavail) * Number(state.f_frsize);
    },
  };

  /** Undefined where the server does not have the extension: ssh2 then throws at once. */
  async function ask<Answer>(
    send: (answer: (error: Error | null | undefined, value: Answer) => void) => void,
  ): Promise<Answer | undefined> {
    try {
      return await session.request<Answer | undefined>((answer) => {
        try {
          send(answer);
        } catch (error) {
          if (!(error instanceof Error) || !error.message.includes("does not support")) throw error;
          answer(undefined, undefined);
        }
      });
    } catch (error) {
      if (statusCode(error) === operationUnsupported) return undefined;
      throw error;
    }
  }
}
