import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { isApplicationName, parseArchiveName, sidecarSuffix } from "@catapullt/core/archive/name";
import { parseSidecar, sidecarName, sidecarSizeLimit } from "@catapullt/core/archive/sidecar";
import { hasErrorCode, OperationError } from "@catapullt/core/errors";
import type { ApplicationNames, ArchiveId, ListNamesOptions, StoredArchive } from "../vault.ts";
import { archivePaths } from "./layout.ts";

// Not asynchronous: in a large vault the passing of each call to another thread and back costs more than the call.

/** What seems to be archives of a host, by their names alone; where `isKnown` says so of a directory's stamp, not even these are read. */
export function listNames(root: string, host: string, { application, isKnown }: ListNamesOptions): ApplicationNames[] {
  const applications = application === undefined ? namesIn(join(root, host)).filter(isApplicationName) : [application];
  return applications.map((name) => {
    const directory = join(root, host, name);
    const stamp = stampOf(directory); // before the names: what changes meanwhile changes it again
    if (stamp !== undefined && isKnown?.(name, stamp)) return { application: name, stamp };
    return { application: name, stamp, ...archivesIn(directory, name) };
  });
}

/** A file system notes times by the second at worst, and its clock may be another host's: a directory that has changed lately has no stamp. */
const settling = 10_000;

function stampOf(directory: string): string | undefined {
  const status = statSync(directory, { bigint: true, throwIfNoEntry: false });
  if (status === undefined || !status.isDirectory() || Number(status.mtimeMs) > Date.now() - settling) return undefined;
  return `${status.dev}:${status.ino}:${status.mtimeNs}`;
}

function archivesIn(directory: string, application: string): { finished: string[]; unsealed: string[] } {
  const names = namesIn(directory);
  const all = new Set(names);
  const finished: string[] = [];
  const unsealed: string[] = [];
  for (const name of names) {
    if (name.endsWith(sidecarSuffix)) continue;
    if (all.has(sidecarName(name))) finished.push(name);
    else if (parseArchiveName(name)?.application === application) unsealed.push(name);
  }
  return { finished, unsealed };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

/** A finished archive as it lies there now; undefined where there is none of this name, or what is there is none of ours. */
export function lookAt(root: string, id: ArchiveId): StoredArchive | undefined {
  const { host, application, name } = id;
  if (parseArchiveName(name)?.application !== application) return undefined;
  const paths = archivePaths(root, id);
  const archive = statusOf(paths.archive);
  const sidecar = statusOf(paths.sidecar);
  if (!archive?.isFile() || !sidecar?.isFile()) return undefined;
  const sha1 = sidecar.size > sidecarSizeLimit ? undefined : readSha1(paths.sidecar, name);
  return { host, application, name, bytes: archive.size, sha1 };
}

function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

function readSha1(sidecar: string, name: string): string | undefined {
  try {
    return parseSidecar(readFileSync(sidecar, "utf8"), name);
  } catch (error) {
    if (error instanceof OperationError || hasErrorCode(error, "ENOENT", "EACCES", "EPERM", "EIO")) return undefined;
    throw error;
  }
}
