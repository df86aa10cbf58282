import { randomUUID } from "node:crypto";
import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasErrorCode } from "../errors.ts";

export interface SecretDescriptor {
  descriptor: number;
  close(): void;
}

/**
 * An open file (mode 0600) that holds `content` and has no name any more: a program that inherits it as descriptor n
 * reads it as `/dev/fd/n`, and nobody finds it on disk. A pipe of Node's own would be a socket, which cannot be opened so.
 */
export function openSecretDescriptor(content: string): SecretDescriptor {
  const { path, descriptor } = createPrivateFile();
  unlinkSync(path);
  writeSync(descriptor, content);
  return { descriptor, close: () => closeSync(descriptor) };
}

// Memory first: what was never on a disk cannot be found there later.
function createPrivateFile(): { path: string; descriptor: number } {
  const name = `.backup-tools-${randomUUID()}`;
  for (const directory of ["/dev/shm", tmpdir()]) {
    const path = join(directory, name);
    try {
      return { path, descriptor: openSync(path, "wx+", 0o600) };
    } catch (error) {
      if (directory === tmpdir() || !hasErrorCode(error, "ENOENT", "EACCES", "EROFS", "ENOSPC")) throw error;
    }
  }
  throw new Error("unreachable: the last directory either works or throws");
}
