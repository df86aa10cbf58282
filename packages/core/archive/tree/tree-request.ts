export interface TreeRequest {
  /** The tree's members are named `files/<label>/…`. */
  label: string;
  /** Absolute path of a directory or of a single file; a symbolic link there is followed, none below it is. */
  root: string;
  /** Patterns (see glob.ts) of what is saved; all of it where there are none. */
  include: readonly string[];
  /** Patterns of what is left out, stronger than `include`; an excluded directory is not read. */
  exclude: readonly string[];
}

export interface SkippedFile {
  path: string;
  reason: string;
}

export interface TreeSummary {
  label: string;
  /** The root as it was asked for. */
  source: string;
  files: number;
  directories: number;
  /** Symbolic links, and second and further names of a file. */
  links: number;
  /** Bytes of file contents. */
  bytes: number;
  /** What could not be saved although it was wanted, such as sockets; the first `treeListLimit` only. */
  skipped: SkippedFile[];
  skippedCount: number;
  /** Those patterns of `exclude` by which something was left out. */
  excluded: string[];
  /** Files that changed while they were read; the first `treeListLimit` only. */
  warnings: string[];
}

/** How many entries of a list are kept, so that memory does not grow with the data. */
export const treeListLimit = 1000;

/** What a walk through a tree ends with. */
export interface TreeOutcome {
  summary: TreeSummary;
  /** What must be saved and cannot be read: the first `unreadableListLimit`. */
  unreadable: SkippedFile[];
  unreadableCount: number;
}

export const unreadableListLimit = 20;
