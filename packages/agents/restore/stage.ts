import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createTreeExtractor, type TreeExtractor } from "@catapullt/core/archive/extract";
import type { Manifest } from "@catapullt/core/archive/manifest";
import { readArchive } from "@catapullt/core/archive/reader";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { escapeControls } from "@catapullt/core/printable";
import type { Selection } from "./selection.ts";

/** Directories in which everything is written first, one for each place; all of them go away by `remove`. */
export interface Stages {
  /** The stage in this existing directory; made where it is not there yet, for nobody else to enter. */
  in(parent: string): Promise<string>;
  remove(): Promise<void>;
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
      } catch (error) {
        if (!hasErrorCode(error, "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EEXIST")) throw error;
        throw new OperationError("restore-refused", `nothing can be written into ${parent}: ${errorMessage(error)}`, {
          hint: "run the restore as root, or as the owner of that directory; nothing was changed",
          cause: error,
        });
      }
      made.set(parent, path);
      return path;
    },
    async remove() {
      for (const path of made.values()) await rm(path, { recursive: true, force: true });
      made.clear();
    },
  };
}

export function stageName(stamp: string): string {
  return `.backup-agent-restore-${stamp}`;
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
