import { link, lstat, mkdir, mkdtemp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { sidecarName } from "@catapullt/core/archive/sidecar";
import { hasErrorCode } from "@catapullt/core/errors";
import type { Lock } from "@catapullt/core/lock";
import type { ArchiveId, DrillPlace, HeldArchive } from "../vault.ts";
import { atPath } from "./errors.ts";
import { archivePaths } from "./layout.ts";

const directoryMode = 0o750;

/**
 * Holds archives by hard links below `directory`, which take no room and stay when the archive is removed. What runs that were
 * killed have left there is removed first. Where no link can be made, the archive is offered where it lies.
 */
export async function openDrillPlace(root: string, directory: string, lock: Lock): Promise<DrillPlace> {
  const clear = () => atPath(directory, () => rm(directory, { recursive: true, force: true }));
  try {
    await clear();
    await atPath(directory, () => mkdir(directory, { mode: directoryMode }));
  } catch (error) {
    lock.release();
    throw error;
  }
  return {
    hold: (id) => atPath(archivePaths(root, id).archive, () => holdArchive(root, directory, id)),
    async close() {
      try {
        await clear();
      } finally {
        lock.release();
      }
    },
  };
}

async function holdArchive(root: string, directory: string, id: ArchiveId): Promise<HeldArchive> {
  const { archive, sidecar } = archivePaths(root, id);
  const { ino, dev } = await lstat(archive);
  const own = await mkdtemp(join(directory, "held-"));
  const release = () => atPath(own, () => rm(own, { recursive: true, force: true }));
  const path = join(own, basename(archive));
  try {
    await link(archive, path);
    await link(sidecar, join(own, sidecarName(id.name)));
    return { path, isUnchanged: async () => true, release };
  } catch (error) {
    await release();
    if (!hasErrorCode(error, ...unlinkable)) throw error;
  }
  return {
    path: archive,
    async isUnchanged() {
      const now = await lstatIfPresent(archive);
      return now?.ino === ino && now.dev === dev && (await lstatIfPresent(sidecar)) !== undefined;
    },
    release: async () => {},
  };
}

// Another disk below the vault, a file system without hard links, a file of another user (fs.protected_hardlinks), too many links.
const unlinkable = ["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

async function lstatIfPresent(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
