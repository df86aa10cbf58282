import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { hasErrorCode } from "@catapullt/core/errors";
import { ownDirectory } from "./layout.ts";

/** Files of which even an empty one takes a place on the disk. */
const leastBytes = 4096;

/** What all files of a host take: archives, sidecars, parts, what is foreign, and what is in quarantine. Links count as such. */
export async function heldBytes(root: string, host: string): Promise<number> {
  const places = [join(root, host), join(root, ownDirectory, "quarantine", host)];
  const bytes = await Promise.all(places.map(bytesBelow));
  return bytes.reduce((sum, one) => sum + one, 0);
}

async function bytesBelow(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await entriesOf(directory)) {
    const path = join(directory, entry.name);
    bytes += entry.isDirectory() ? await bytesBelow(path) : await bytesOf(path);
  }
  return bytes;
}

async function entriesOf(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

async function bytesOf(path: string): Promise<number> {
  try {
    return Math.max((await lstat(path)).size, leastBytes);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return 0; // another run may have removed it meanwhile
    throw error;
  }
}
