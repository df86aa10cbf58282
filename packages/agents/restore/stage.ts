import { chmod, mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createTreeExtractor, type TreeExtractor } from "@catapullt/core/archive/extract";
import type { Manifest } from "@catapullt/core/archive/manifest";
import { readArchive } from "@catapullt/core/archive/reader";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { escapeControls } from "@catapullt/core/printable";
import type { Selection } from "./selection.ts";
import { claimStage, isAbandoned } from "./stage-owner.ts";

/** Directories in which everything is written first, one for each place; all of them go away by `remove`. */
export interface Stages {
  /** The stage in this existing directory; made where it is not there yet, for nobody else to enter. */
  in(parent: string): Promise<string>;
  /** Says what could not be removed. */
  remove(): Promise<string[]>;
}

export function createStages(stamp: string): Stages {
  const made = new Map<string, string>();
  return {
    async in(parent) {
      const known = made.get(parent);
      if (known !== undefined) return known;
      const path = join(parent, stageName(stamp));
      try {
        await mkdir(path, { mode: 0o700 });
        await chmod(path, 0o700);
        await claimStage(path);
      } catch (error) {
        if (!hasErrorCode(error, "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EEXIST", "ENOENT")) throw error;
        throw new OperationError("restore-refused", `nothing can be written into ${parent}: ${errorMessage(error)}`, {
          hint: "run the restore as root, or as the owner of that directory; nothing was changed",
          cause: error,
        });
      }
      made.set(parent, path);
      return path;
    },
    async remove() {
      const problems: string[] = [];
      for (const path of made.values()) {
        try {
          await rm(path, { recursive: true, force: true });
        } catch (error) {
          problems.push(`${path} could not be removed, which the next restore does: ${errorMessage(error)}`);
        }
      }
      made.clear();
      return problems;
    },
  };
}

const stagePrefix = ".backup-agent-restore-";

export function stageName(stamp: string): string {
  return `${stagePrefix}${stamp}`;
}

/** True for the name of a stage, whoever made it. */
export function isStageName(name: string): boolean {
  return name.startsWith(stagePrefix) && /^\d{8}T\d{6}Z$/.test(name.slice(stagePrefix.length));
}

/** Removes the stages that killed runs left in a directory and in those above it; returns their paths. */
export async function removeAbandonedStages(directory: string): Promise<string[]> {
  const removed: string[] = [];
  for (const name of (await listIfReadable(directory)).filter(isStageName)) {
    const path = join(directory, name);
    if (!(await isAbandoned(path)) && !(await isEmptyAndRemoved(path))) continue;
    await rm(path, { recursive: true, force: true });
    removed.push(path);
  }
  return directory === "/" ? removed : [...removed, ...(await removeAbandonedStages(dirname(directory)))];
}

/** The stages that killed runs left in a directory and in those above it; looks only, and changes nothing. */
export async function findAbandonedStages(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await listIfReadable(directory)).filter(isStageName)) {
    const path = join(directory, name);
    if (await isAbandoned(path)) found.push(path);
  }
  return directory === "/" ? found : [...found, ...(await findAbandonedStages(dirname(directory)))];
}

// Killed before it could say whose it is. Whoever makes one at this very moment finds it gone, and fails before anything is done.
async function isEmptyAndRemoved(path: string): Promise<boolean> {
  try {
    await rmdir(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, "ENOTEMPTY", "EACCES", "EPERM", "ENOENT", "ENOTDIR", "EROFS")) return false;
    throw error;
  }
}

async function listIfReadable(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasErrorCode(error, "EACCES", "EPERM", "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

export interface StageRequest {
  archive: string;
  /** Of the archive as it was verified. */
  sha1: string;
  manifest: Manifest;
  selection: Selection;
  /** The existing directory for the tree with this label; its members go into `<directory>/<label>`. */
  directories: ReadonlyMap<string, string>;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
}

/** Writes the wanted members of the wanted trees into their stages; the archive must still be the one that was verified. */
export async function stageTrees(request: StageRequest): Promise<void> {
  const { archive, sha1, manifest, selection, directories, signal, onProgress } = request;
  let current: { label: string; extractor: TreeExtractor } | undefined;
  const finishCurrent = async () => {
    const finished = current;
    current = undefined;
    await finished?.extractor.finish();
  };
  const skipped = new Set<string>();
  try {
    const totals = await readArchive(archive, {
      signal,
      onProgress,
      async onMember(member, content) {
        const [top, label = ""] = member.name.split("/");
        const directory = top === "files" ? directories.get(label) : undefined;
        if (directory === undefined) return;
        if (selection.member(member) === undefined) {
          if (selection.paths.length > 0 && member.type !== "directory") skipped.add(member.name);
          return;
        }
        if (member.type === "hardlink") requireOtherName(member.name, member.linkName, skipped);
        if (current?.label !== label) {
          await finishCurrent();
          const limits = manifest.trees.find((tree) => tree.label === label);
          if (limits === undefined) throw new Error(`unreachable: the verified archive has a tree ${label}`);
          const { environment } = request;
          if (limits.directories === 0) await mkdir(join(directory, label));
          const extractor = await createTreeExtractor({
            directory,
            prefix: "files",
            limits,
            environment,
            signal,
            existingDirectories: limits.directories === 0 ? [label] : [],
          });
          current = { label, extractor };
        }
        await current.extractor.add(member, content);
      },
    });
    await finishCurrent();
    if (totals.sha1 !== sha1) throw replaced(archive);
  } catch (error) {
    await current?.extractor.abort();
    signal.throwIfAborted();
    throw error;
  }
}

function requireOtherName(name: string, linkName: string | undefined, skipped: ReadonlySet<string>): void {
  if (linkName === undefined || !skipped.has(linkName)) return;
  throw new OperationError(
    "restore-refused",
    `${escapeControls(name)} is another name of ${escapeControls(linkName)}, which holds the content`,
    { hint: `restore that one too: --path ${escapeControls(linkName)}` },
  );
}

function replaced(archive: string): OperationError {
  return new OperationError("archive-invalid", `${archive} is not the archive any more that was verified`, {
    hint: "it was replaced while it was restored; nothing was changed: restore again",
  });
}
