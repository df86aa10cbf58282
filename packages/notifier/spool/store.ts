import { chmod, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { errorMessage, hasErrorCode } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { makeDirectory } from "@catapullt/core/make-directory";
import { formatEntry, parseEntry, type SpoolEntry } from "./entry.ts";
import { entryFileName, parseFileName, type SpoolFile } from "./file-name.ts";

// Messages hold what commands have written.
const directoryMode = 0o700;
const fileMode = 0o600;
/** A file that was begun this long ago will not be finished, in milliseconds. */
const abandoned = 3_600_000;

/** An entry as it lies in the spool. */
export interface StoredEntry {
  name: string;
  entry: SpoolEntry;
}

export function spoolIn(stateDirectory: string): string {
  return join(stateDirectory, "notify", "spool");
}

/** Writes an entry, durably, in place of what it was before. Errors are the system's own. */
export async function storeEntry(stateDirectory: string, entry: SpoolEntry): Promise<StoredEntry> {
  const directory = spoolIn(stateDirectory);
  if (makeDirectory(directory, directoryMode)) await chmod(directory, directoryMode);
  const name = entryFileName(entry);
  await writeFileAtomically(join(directory, name), formatEntry(entry), { mode: fileMode });
  return { name, entry };
}

/** True for the one that removed it. */
export async function removeEntry(stateDirectory: string, name: string): Promise<boolean> {
  try {
    await rm(join(spoolIn(stateDirectory), name));
    return true;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return false;
    throw error;
  }
}

/** The entries' files, oldest first. */
export async function listSpool(stateDirectory: string): Promise<SpoolFile[]> {
  const names = await listNames(spoolIn(stateDirectory));
  return names.flatMap((name) => parseFileName(name) ?? []);
}

/** The size of an entry's file in bytes; 0 where it is gone. */
export async function sizeOfEntry(stateDirectory: string, name: string): Promise<number> {
  try {
    return (await stat(join(spoolIn(stateDirectory), name))).size;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return 0;
    throw error;
  }
}

/** All entries, oldest first. What cannot be understood is set aside with a warning. */
export async function readSpool(stateDirectory: string, log: Logger): Promise<StoredEntry[]> {
  const stored: StoredEntry[] = [];
  for (const { name } of await listSpool(stateDirectory)) {
    const one = await readStored(stateDirectory, name, log);
    if (one !== undefined) stored.push(one);
  }
  return stored;
}

/** An entry as it lies there now; undefined where it is gone, or with a warning where it cannot be understood. */
export async function readStored(stateDirectory: string, name: string, log: Logger): Promise<StoredEntry | undefined> {
  const entry = await readEntry(join(spoolIn(stateDirectory), name), log);
  return entry === undefined ? undefined : { name, entry };
}

async function readEntry(path: string, log: Logger): Promise<SpoolEntry | undefined> {
  try {
    const entry = parseEntry(await readFile(path, "utf8"));
    if (entry !== undefined) return entry;
    await rename(path, `${path}.unusable`);
    log.warn(
      `a message that waits to be sent cannot be understood, and was set aside: ${path}.unusable\n` +
        "it was damaged, or another version of notify wrote it; read it, then remove it",
    );
  } catch (error) {
    // One that another process has just sent is gone.
    if (!hasErrorCode(error, "ENOENT"))
      log.warn(`a message that waits to be sent cannot be read: ${errorMessage(error)}`);
  }
  return undefined;
}

/** Removes what processes have left that were killed while they wrote. */
export async function removeLeftovers(stateDirectory: string, now: Date): Promise<void> {
  const directory = spoolIn(stateDirectory);
  for (const name of await listNames(directory)) {
    if (!/^\..+\.part$/.test(name)) continue;
    const path = join(directory, name);
    const age = now.getTime() - (await modifiedAt(path));
    if (age > abandoned) await rm(path, { force: true });
  }
}

async function modifiedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

async function listNames(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return [];
    throw error;
  }
}
