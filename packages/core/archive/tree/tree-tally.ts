import type { TarEntryType } from "../tar/tar-header.ts";
import {
  type SkippedFile,
  type TreeOutcome,
  type TreeRequest,
  treeListLimit,
  unreadableListLimit,
} from "./tree-request.ts";

/** Counts what a walk saves, leaves out and cannot read. */
export interface TreeTally {
  count(type: TarEntryType): void;
  addBytes(bytes: number): void;
  skip(path: string, reason: string): void;
  exclude(pattern: string): void;
  warn(warning: string): void;
  unreadable(path: string, reason: string): void;
  /** True once something that must be saved could not be read. */
  isFailed(): boolean;
  outcome(): TreeOutcome;
}

export function createTreeTally({ label, root }: TreeRequest): TreeTally {
  const counts: Record<TarEntryType, number> = { file: 0, directory: 0, symlink: 0, hardlink: 0 };
  const skipped: SkippedFile[] = [];
  const excluded = new Set<string>();
  const warnings: string[] = [];
  const unreadable: SkippedFile[] = [];
  let bytes = 0;
  let skippedCount = 0;
  let warningCount = 0;
  let unreadableCount = 0;
  return {
    count(type) {
      counts[type] += 1;
    },
    addBytes(count) {
      bytes += count;
    },
    skip(path, reason) {
      skippedCount += 1;
      if (skipped.length < treeListLimit) skipped.push({ path, reason });
    },
    exclude(pattern) {
      excluded.add(pattern);
    },
    warn(warning) {
      warningCount += 1;
      if (warnings.length < treeListLimit) warnings.push(warning);
    },
    unreadable(path, reason) {
      unreadableCount += 1;
      if (unreadable.length < unreadableListLimit) unreadable.push({ path, reason });
    },
    isFailed: () => unreadableCount > 0,
    outcome() {
      const hidden = warningCount - warnings.length;
      if (hidden > 0) warnings.push(`${hidden} more files changed while they were read`);
      const { file, directory, symlink, hardlink } = counts;
      return {
        summary: {
          label,
          source: root,
          files: file,
          directories: directory,
          links: symlink + hardlink,
          bytes,
          skipped,
          skippedCount,
          excluded: [...excluded].sort(),
          warnings,
        },
        unreadable,
        unreadableCount,
      };
    },
  };
}
