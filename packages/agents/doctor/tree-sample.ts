import { constants } from "node:fs";
import { access, lstat, readdir, stat } from "node:fs/promises";
import { compilePatterns, everything, type PatternState } from "@catapullt/core/archive/glob";
import { hasErrorCode } from "@catapullt/core/errors";
import type { ApplicationTree } from "../applications/type.ts";

export interface TreesSample {
  entries: number;
  /** Of the files that were looked at, uncompressed. */
  bytes: number;
  /** False where there are more entries than were looked at. */
  isComplete: boolean;
  /** Paths that this user may not read. */
  unreadable: string[];
}

interface Place {
  path: Buffer;
  include: PatternState;
  exclude: PatternState;
}

const entryLimit = 20_000;
const timeLimit = 10_000;

/** Looks at the roots and, level by level, at a limited number of entries of what a backup would save. */
export async function sampleTrees(trees: readonly ApplicationTree[], signal: AbortSignal): Promise<TreesSample> {
  const sample: TreesSample = { entries: 0, bytes: 0, isComplete: true, unreadable: [] };
  const end = performance.now() + timeLimit;
  const waiting: Place[] = trees.map((tree) => ({
    path: Buffer.from(tree.root),
    include: tree.include.length === 0 ? everything : compilePatterns(tree.include),
    exclude: compilePatterns(tree.exclude.map(({ pattern }) => pattern)),
  }));
  const roots = waiting.length;
  for (let index = 0; index < waiting.length; index += 1) {
    signal.throwIfAborted();
    if (index >= roots && (sample.entries >= entryLimit || performance.now() > end)) {
      sample.isComplete = false;
      break;
    }
    const place = waiting[index];
    if (place !== undefined) waiting.push(...(await look(place, sample, index < roots)));
  }
  return sample;
}

/** Directories below it that are still to be looked at. */
async function look(place: Place, sample: TreesSample, isRoot: boolean): Promise<Place[]> {
  return (
    (await attempt(place.path, sample, async () => {
      const stats = await (isRoot ? stat : lstat)(place.path);
      if (!stats.isDirectory()) {
        await access(place.path, constants.R_OK);
        sample.entries += 1;
        sample.bytes += stats.size;
        return [];
      }
      const entries = await readdir(place.path, { encoding: "buffer", withFileTypes: true });
      await access(place.path, constants.X_OK);
      const below: Place[] = [];
      for (const entry of entries) {
        const name = entry.name.toString();
        const isDirectory = entry.isDirectory();
        const exclude = place.exclude.enter(name, isDirectory);
        const include = place.include.enter(name, isDirectory);
        if (exclude.match !== undefined) continue;
        const path = Buffer.concat([place.path, Buffer.from("/"), entry.name]);
        if (isDirectory) {
          if (include.canMatchBelow) below.push({ path, include, exclude });
        } else if (include.match !== undefined && entry.isFile()) await lookAtFile(path, sample);
      }
      return below;
    })) ?? []
  );
}

async function lookAtFile(path: Buffer, sample: TreesSample): Promise<void> {
  if (sample.entries >= entryLimit) {
    sample.isComplete = false;
    return;
  }
  await attempt(path, sample, async () => {
    sample.entries += 1;
    sample.bytes += (await lstat(path)).size;
    await access(path, constants.R_OK);
  });
}

// What vanishes meanwhile is no trouble.
async function attempt<T>(path: Buffer, sample: TreesSample, action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (hasErrorCode(error, "EACCES", "EPERM")) sample.unreadable.push(path.toString());
    else if (!hasErrorCode(error, "ENOENT", "ENOTDIR", "ESTALE")) throw error;
    return undefined;
  }
}
