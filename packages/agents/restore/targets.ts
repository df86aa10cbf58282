import { constants, type Stats } from "node:fs";
import { access, lstat, readdir, readFile, realpath, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Manifest } from "@catapullt/core/archive/manifest";
import { hasErrorCode, OperationError } from "@catapullt/core/errors";
import { isInside } from "../applications/files/trees.ts";
import type { ApplicationTree } from "../applications/type.ts";
import type { Selection } from "./selection.ts";
import { isStageName } from "./stage.ts";
import { memberRoot } from "./survey.ts";

/** Where one tree of an archive goes, and how. */
export interface TreeTarget {
  label: string;
  /** The directory into which the tree's members go. */
  path: string;
  /**
   * `swap`: written beside it and renamed; `inside`: written below it, since it is a mount point or its parent directory belongs
   * to somebody else; `merge`: each file is put among those that are there.
   */
  mode: "swap" | "inside" | "merge";
  /** What is there, such as `12 entries`; undefined where nothing has to give way. Not told for `merge`. */
  content: string | undefined;
  /** An existing directory on the target's file system, in which everything is staged. */
  stageParent: string;
  /** Bytes of file contents, and what is set aside for the rest. */
  bytes: number;
  /** What stands in the way, whatever the options. */
  problem: { what: string; remedy: string } | undefined;
}

export interface TargetFacts {
  manifest: Manifest;
  located: readonly ApplicationTree[];
  selection: Selection;
  /** Bytes that are wanted of each tree, where only a part is. */
  wantedBytes: ReadonlyMap<string, number> | undefined;
}

const bytesPerFile = 4096;

/** Looks at the places of all trees that are wanted, outer ones before those inside them. */
export async function examineTrees(facts: TargetFacts): Promise<TreeTarget[]> {
  const { manifest, located, selection, wantedBytes } = facts;
  const mounts = await readMountPoints();
  const wanted = manifest.trees.filter(({ label, files, directories, links }) => {
    return selection.tree(label) !== "none" && files + directories + links > 0;
  });
  const places = await Promise.all(
    wanted.map(async (tree) => ({ tree, path: await realPathOfExisting(placeOf(tree, located)) })),
  );
  places.sort((a, b) => a.path.length - b.path.length);
  const targets: TreeTarget[] = [];
  for (const { tree, path } of places) {
    const known = located.find(({ label }) => label === tree.label);
    const isPart =
      tree.directories === 0 ||
      tree.included !== undefined ||
      (known !== undefined && known.include.length > 0) ||
      selection.tree(tree.label) === "part";
    const outer = targets.find(
      (target) => target.mode !== "merge" && target.path !== path && isInside(path, target.path),
    );
    const wantedFiles = wantedBytes?.get(tree.label) ?? tree.bytes;
    const bytes = wantedFiles + (tree.files + tree.directories) * bytesPerFile;
    targets.push({ label: tree.label, path, bytes, ...(await examine(path, { isPart, outer, mounts })) });
  }
  return targets;
}

/** Where a tree stands on this host: as the application has it, else where it stood. */
function placeOf(tree: Manifest["trees"][number], located: readonly ApplicationTree[]): string {
  if (located.some(({ root }) => root === tree.source)) return memberRoot(tree);
  return located.find(({ label }) => label === tree.label)?.directory ?? memberRoot(tree);
}

interface ExamineOptions {
  isPart: boolean;
  /** The target inside which this one lies, and whose old content goes away with it. */
  outer: TreeTarget | undefined;
  mounts: readonly string[];
}

type Examined = Pick<TreeTarget, "mode" | "content" | "stageParent" | "problem">;

async function examine(path: string, { isPart, outer, mounts }: ExamineOptions): Promise<Examined> {
  const found = await statIfThere(path);
  if (found !== undefined && !found.isDirectory()) {
    const problem = { what: `${path} is not a directory`, remedy: `move it away: mv ${path} ${path}.old` };
    return { mode: "swap", content: undefined, stageParent: dirname(path), problem };
  }
  const parent = outer?.stageParent ?? (await nearestExisting(dirname(path)));
  if (isPart) {
    return { mode: "merge", content: undefined, stageParent: found === undefined ? parent : path, problem: undefined };
  }
  if (outer !== undefined) return { mode: "swap", content: undefined, stageParent: parent, problem: undefined };
  const below = mounts.filter((mount) => mount !== path && isInside(mount, path));
  const isMount = mounts.includes(path);
  const names = found === undefined ? [] : await readdir(path);
  const count = names.filter((name) => !(isMount && name === "lost+found") && !isStageName(name)).length;
  const content = count === 0 ? undefined : `${count} ${count === 1 ? "entry" : "entries"}`;
  const problem =
    below.length === 0
      ? undefined
      : {
          what: `${below.join(", ")} ${below.length === 1 ? "is a mount point" : "are mount points"} inside ${path}, which a restore would have to rename`,
          remedy: `unmount it, or restore elsewhere with --to DIR and move the files`,
        };
  const isOwnParent = !isMount && (await isWritable(parent));
  if (isOwnParent || found === undefined) return { mode: "swap", content, stageParent: parent, problem };
  return { mode: "inside", content, stageParent: path, problem };
}

/** Where files lack room: what is needed there and what is free, in bytes. */
export async function findShortages(
  needs: readonly { path: string; bytes: number }[],
): Promise<{ path: string; needed: number; free: number }[]> {
  const disks = new Map<number, { path: string; needed: number; free: number }>();
  for (const { path, bytes } of needs) {
    const place = await nearestExisting(path);
    const { dev } = await stat(place);
    const { bavail, bsize } = await statfs(place);
    const disk = disks.get(dev) ?? { path: place, needed: 0, free: bavail * bsize };
    disk.needed += bytes;
    disks.set(dev, disk);
  }
  return [...disks.values()].filter(({ needed, free }) => needed > free);
}

/** The nearest directory above a path that exists, or the path itself. */
export async function nearestExisting(path: string): Promise<string> {
  const found = await statIfThere(path);
  if (found?.isDirectory()) return path;
  if (path === "/") throw new OperationError("restore-refused", "/ cannot be read");
  return await nearestExisting(dirname(path));
}

async function realPathOfExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT", "ENOTDIR")) throw error;
    return path === "/" ? path : join(await realPathOfExisting(dirname(path)), basename(path));
  }
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    if (!hasErrorCode(error, "EACCES", "EPERM")) throw error;
    throw new OperationError("restore-refused", `${path} cannot be looked at: permission denied`, {
      hint: "run the restore as root, or as the user that the application runs as",
      cause: error,
    });
  }
}

async function isWritable(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    if (hasErrorCode(error, "EACCES", "EROFS", "EPERM")) return false;
    throw error;
  }
}

// The fifth field of each line, blanks and the like as `\040` (proc_pid_mountinfo(5)).
async function readMountPoints(): Promise<string[]> {
  const lines = (await readFile("/proc/self/mountinfo", "utf8")).split("\n");
  return lines.flatMap((line) => {
    const point = line.split(" ")[4];
    return point === undefined
      ? []
      : [point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))];
  });
}
