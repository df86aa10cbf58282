import { lstat, rename, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { sidecarName } from "@catapullt/core/archive/sidecar";
import { syncDirectory, writeFileAtomically } from "@catapullt/core/atomic-file";
import { hasErrorCode } from "@catapullt/core/errors";
import type { ArchiveId, QuarantineReport } from "../vault.ts";
import { archivePaths, fileMode, makeDirectory, moveIfThere, ownDirectory } from "./layout.ts";

/**
 * Moves an archive and its sidecar to `<vault>/.archiver/quarantine/<host>/<application>/`, or, where that is another file
 * system, to `.quarantine` in the application's own directory. Nothing there is ever replaced. Returns the archive's path,
 * relative to the vault.
 */
export async function moveToQuarantine(root: string, id: ArchiveId, report: QuarantineReport): Promise<string> {
  const paths = archivePaths(root, id);
  await lstat(paths.archive);
  const place = await findPlace(root, id, report.at);
  await makeDirectory(root, place);
  await writeFileAtomically(
    join(place, `${id.name}.report.json`),
    `${JSON.stringify({ ...id, ...report }, null, 2)}\n`,
    { mode: fileMode },
  );
  // The archive first: a sidecar that a crash leaves alone is no archive, neither here nor there.
  await rename(paths.archive, join(place, id.name));
  await syncDirectory(place);
  await syncDirectory(paths.directory);
  await moveIfThere(paths.sidecar, join(place, sidecarName(id.name)));
  await syncDirectory(place);
  await syncDirectory(paths.directory);
  return relative(root, join(place, id.name));
}

async function findPlace(root: string, id: ArchiveId, at: string): Promise<string> {
  const { directory } = archivePaths(root, id);
  const own = join(root, ownDirectory);
  const isSameDisk = (await stat(directory)).dev === (await stat(own)).dev;
  const place = isSameDisk ? join(own, "quarantine", id.host, id.application) : join(directory, ".quarantine");
  const isFree = !(await isThere(join(place, id.name))) && !(await isThere(join(place, sidecarName(id.name))));
  return isFree ? place : join(place, at.replaceAll(/[-:]/g, ""));
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}
