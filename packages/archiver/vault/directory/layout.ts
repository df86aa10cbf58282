import { lstat, mkdir, readdir, readFile, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sidecarName } from "@catapullt/core/archive/sidecar";
import { partName, syncDirectory } from "@catapullt/core/atomic-file";
import { hasErrorCode } from "@catapullt/core/errors";
import type { ArchiveId } from "../vault.ts";

/** Where the archiver keeps its own files inside the vault. */
export const ownDirectory = ".archiver";

export const fileMode = 0o640;
const directoryMode = 0o750;

export interface ArchivePaths {
  directory: string;
  archive: string;
  sidecar: string;
  sidecarPart: string;
  part: string;
  /** Says what the part was fetched from. */
  note: string;
}

export function archivePaths(root: string, { host, application, name }: ArchiveId): ArchivePaths {
  const directory = join(root, host, application);
  const part = join(directory, partName(name));
  return {
    directory,
    archive: join(directory, name),
    sidecar: join(directory, sidecarName(name)),
    sidecarPart: join(directory, partName(sidecarName(name))),
    part,
    note: `${part}.source`,
  };
}

/** The archive's name in the name of what an unfinished fetch leaves: part, note, the sidecar's part; undefined for other names. */
export function nameOfLeftover(name: string): string | undefined {
  return /^\.(.+?)(?:\.sha1)?\.part(?:\.source)?$/.exec(name)?.[1];
}

/** Makes a directory (0750) and those above it, up to the vault's root, durable. The root itself is never made. */
export async function makeDirectory(root: string, directory: string): Promise<void> {
  if (directory === root) return;
  try {
    await mkdir(directory, { mode: directoryMode });
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) return;
    if (!hasErrorCode(error, "ENOENT")) throw error;
    const parent = dirname(directory);
    if (parent === root) await lstat(root); // a vault that is gone is not made anew
    await makeDirectory(root, parent);
    return makeDirectory(root, directory); // others may be making it too
  }
  await syncDirectory(dirname(directory));
}

export interface DirectoryEntry {
  name: string;
  kind: "file" | "directory" | "other";
}

/** Names in a directory by their kind; nothing where there is no directory. A link to a directory is one: it may lead to another disk. */
export async function listDirectory(directory: string): Promise<DirectoryEntry[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return await Promise.all(
      entries.map(async (entry): Promise<DirectoryEntry> => {
        const isDirectory =
          entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToDirectory(join(directory, entry.name))));
        return { name: entry.name, kind: isDirectory ? "directory" : entry.isFile() ? "file" : "other" };
      }),
    );
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

async function leadsToDirectory(link: string): Promise<boolean> {
  try {
    return (await stat(link)).isDirectory();
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ELOOP", "EACCES", "ENOTDIR")) return false;
    throw error;
  }
}

/** A small file's text; undefined where there is none. */
export async function readSmallFile(path: string, limit: number): Promise<string | undefined> {
  try {
    const { size } = await lstat(path);
    return size > limit ? "" : await readFile(path, "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Moves a file; nothing where there is none. */
export async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT")) throw error;
  }
}
