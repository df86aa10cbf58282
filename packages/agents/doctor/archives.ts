import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { findLeftovers } from "@catapullt/core/archive/leftovers";
import { parseArchiveName } from "@catapullt/core/archive/name";
import { sidecarName } from "@catapullt/core/archive/sidecar";
import { hasErrorCode } from "@catapullt/core/errors";

export interface WaitingArchive {
  name: string;
  time: Date;
  bytes: number;
}

export interface ArchivesFacts {
  /** Finished ones, newest first. */
  archives: WaitingArchive[];
  leftovers: string[];
}

/** What lies in an application's part of the work directory; nothing where that does not exist. */
export async function readArchives(directory: string, application: string): Promise<ArchivesFacts> {
  const names = await listIfThere(directory);
  const present = new Set(names);
  const archives: WaitingArchive[] = [];
  for (const name of names) {
    const parsed = parseArchiveName(name);
    if (parsed?.application !== application || !present.has(sidecarName(name))) continue;
    archives.push({ name, time: parsed.time, bytes: (await stat(join(directory, name))).size });
  }
  archives.sort((a, b) => b.time.getTime() - a.time.getTime());
  return { archives, leftovers: findLeftovers(names, application) };
}

async function listIfThere(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR", "EACCES")) return [];
    throw error;
  }
}
