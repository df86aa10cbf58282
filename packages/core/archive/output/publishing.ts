import { constants } from "node:fs";
import { chmod, chown, type FileHandle, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { finishFile, partName, syncDirectory, writeFileAtomically } from "../../atomic-file.ts";
import { hasErrorCode } from "../../errors.ts";
import { type ArchiveName, formatArchiveName } from "../name.ts";
import { formatSidecar, sidecarName } from "../sidecar.ts";

/** An archive under construction: a hidden file that nobody takes for finished. */
export interface UnfinishedArchive {
  /** The base name that it will have. */
  name: string;
  path: string;
  file: FileHandle;
  /** Makes it durable, gives it its name, then its sidecar. */
  publish(sha1: string): Promise<void>;
  /** Takes away everything that is not finished. Nothing happens after `publish` has ended well. */
  discard(): Promise<void>;
}

export interface UnfinishedArchiveOptions {
  directory: string;
  archive: ArchiveName;
  group: number | undefined;
}

const archiveMode = 0o640;
const directoryMode = 0o750;

/**
 * Opens the part file of a new archive. A name that is taken, by a finished archive, a leftover or another run, is passed
 * over for that of the next second. Errors are the system's own.
 */
export async function openUnfinishedArchive({
  directory,
  archive,
  group,
}: UnfinishedArchiveOptions): Promise<UnfinishedArchive> {
  await makeDirectory(directory, group);
  const { name, part, file } = await claimName(directory, archive);
  const path = join(directory, name);
  const sidecar = join(directory, sidecarName(name));
  let state: "part" | "renamed" | "finished" = "part";
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= file.close();
    return closed;
  };
  return {
    name,
    path,
    file,
    async publish(sha1) {
      await finishFile(file, { mode: archiveMode, group });
      await close();
      await rename(part, path);
      state = "renamed";
      await syncDirectory(directory);
      await writeFileAtomically(sidecar, formatSidecar(sha1, name), { mode: archiveMode, group });
      state = "finished";
    },
    async discard() {
      if (state === "finished") return;
      await close();
      for (const leftover of state === "part" ? [part] : [sidecar, path]) await rm(leftover, { force: true });
    },
  };
}

// Only the archive's own directory is made: a work directory that is missing may be one that is not mounted.
async function makeDirectory(directory: string, group: number | undefined): Promise<void> {
  try {
    await mkdir(directory, { mode: directoryMode });
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) return;
    throw error;
  }
  if (group !== undefined) await chown(directory, -1, group);
  await chmod(directory, directoryMode);
}

// Whoever holds the part file of a name is the only one that may publish under it.
async function claimName(
  directory: string,
  archive: ArchiveName,
): Promise<{ name: string; part: string; file: FileHandle }> {
  for (let time = archive.time; ; time = new Date(time.getTime() + 1000)) {
    const name = formatArchiveName({ ...archive, time });
    const part = join(directory, partName(name));
    const file = await openExclusively(part);
    if (file === undefined) continue;
    if (!(await exists(join(directory, name))) && !(await exists(join(directory, sidecarName(name)))))
      return { name, part, file };
    await file.close();
    await rm(part);
  }
}

async function openExclusively(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return false;
    throw error;
  }
}
