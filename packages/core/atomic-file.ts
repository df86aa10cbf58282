import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The name under which a file is written before it is published: hidden, in the same directory. */
export function partName(name: string): string {
  return `.${name}.part`;
}

/** Makes renames and removals in a directory survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface AtomicFileOptions {
  mode: number;
  /** Numeric group that the file gets; the process's own if absent. */
  group?: number | undefined;
}

/**
 * Writes a file so that a reader sees the old content or the whole new one, also after a crash: part file, fsync, rename,
 * fsync of the directory. Errors are the system's own (`ENOSPC`, `EROFS`, …); the part file is then removed.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  { mode, group }: AtomicFileOptions,
): Promise<void> {
  const directory = dirname(path);
  const part = join(directory, partName(basename(path)));
  try {
    await rm(part, { force: true }); // made anew, so that it is no link to elsewhere
    const handle = await open(part, "wx", mode);
    try {
      await handle.writeFile(content);
      await finishFile(handle, { mode, group });
    } finally {
      await handle.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}

/** Gives an open file its final mode (whatever the umask) and group, and makes its content durable. */
export async function finishFile(handle: FileHandle, { mode, group }: AtomicFileOptions): Promise<void> {
  if (group !== undefined) await handle.chown((await handle.stat()).uid, group);
  await handle.chmod(mode);
  await handle.sync();
}
