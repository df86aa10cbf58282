import { lstat, rename, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sidecarSuffix } from "@catapullt/core/archive/name";
import { syncDirectory } from "@catapullt/core/atomic-file";
import { hasErrorCode } from "@catapullt/core/errors";
import { listDirectory, ownDirectory } from "./layout.ts";

/** Paths, relative to a host's directory, of what two hosts both have, other than directories that can be joined. */
export async function findConflicts(root: string, from: string, to: string): Promise<string[]> {
  const found = await Promise.all(
    placesOf(root, from, to).map((place) => compareDirectories(place.from, place.to, "")),
  );
  return found.flat();
}

/**
 * Moves what lies in one host's directory, and in its quarantine, to another's, durably. `findConflicts` must have found
 * nothing. Where it was cut off, the same call again goes on.
 */
export async function moveHost(root: string, from: string, to: string): Promise<void> {
  for (const place of placesOf(root, from, to))
    if (await isThere(place.from)) await moveDirectory(place.from, place.to);
}

function placesOf(root: string, from: string, to: string): { from: string; to: string }[] {
  return [root, join(root, ownDirectory, "quarantine")].map((place) => ({
    from: join(place, from),
    to: join(place, to),
  }));
}

async function compareDirectories(from: string, to: string, path: string): Promise<string[]> {
  const conflicts: string[] = [];
  for (const { name } of await listDirectory(join(from, path))) {
    const inside = join(path, name);
    const target = await kindOf(join(to, inside));
    if (target === undefined) continue;
    const canBeJoined = target === "directory" && (await kindOf(join(from, inside))) === "directory";
    if (canBeJoined) conflicts.push(...(await compareDirectories(from, to, inside)));
    else conflicts.push(inside);
  }
  return conflicts;
}

async function moveDirectory(from: string, to: string): Promise<void> {
  if (!(await isThere(to))) {
    await rename(from, to);
  } else {
    const names = (await listDirectory(from)).map(({ name }) => name);
    for (const name of names.sort(sidecarsLast)) {
      const isJoined = (await kindOf(join(from, name))) === "directory";
      if (isJoined) await moveDirectory(join(from, name), join(to, name));
      else await rename(join(from, name), join(to, name));
    }
    await syncDirectory(to);
    await rmdir(from);
  }
  await syncDirectory(dirname(to));
}

// An archive is finished when its sidecar is there: cut off in between, it is finished nowhere, and never half.
function sidecarsLast(one: string, other: string): number {
  return Number(one.endsWith(sidecarSuffix)) - Number(other.endsWith(sidecarSuffix)) || (one < other ? -1 : 1);
}

async function isThere(path: string): Promise<boolean> {
  return (await kindOf(path)) !== undefined;
}

async function kindOf(path: string): Promise<"directory" | "other" | undefined> {
  try {
    return (await lstat(path)).isDirectory() ? "directory" : "other";
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
