import type { Stats } from "node:fs";
import { chmod, lchown, lstat, mkdir, open, readdir, readlink, rename, rmdir, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { type ByteString, toBytes as bytes, displayName, toByteString } from "@catapullt/core/archive/byte-string";
import { syncDirectory } from "@catapullt/core/atomic-file";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { escapeControls } from "@catapullt/core/printable";
import { isStageName } from "./stage.ts";
import type { TreeTarget } from "./targets.ts";

/** An old directory or file that was renamed. */
export interface KeptFiles {
  original: string;
  path: string;
}

export interface PublishRequest {
  target: TreeTarget;
  /** The directory in which the tree stands as it is to be. */
  staged: string;
  stamp: string;
}

/** What was done, so that it can be undone: newest last. */
export interface Journal {
  kept: KeptFiles[];
  undo: (() => Promise<void>)[];
}

export function createJournal(): Journal {
  return { kept: [], undo: [] };
}

/** Puts one staged tree into its place by renaming alone, and notes in the journal how to take it back. */
export async function publishTree({ target, staged, stamp }: PublishRequest, journal: Journal): Promise<void> {
  const [from, to] = [toByteString(staged), toByteString(target.path)];
  const step = { journal, stamp, move: createMove(journal) };
  try {
    if (target.mode === "swap") await swap(from, to, step);
    else if (target.mode === "inside") await replaceInside(from, to, step);
    else await merge(from, to, step);
    await syncDirectory(dirname(target.path));
  } catch (error) {
    if (!(error instanceof Error && "code" in error) || error instanceof OperationError) throw error;
    throw new OperationError("restore-failed", `${target.path} could not be put in place: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

/** Takes back everything in the journal; says what could not be taken back. */
export async function takeBack(journal: Journal): Promise<string[]> {
  const problems: string[] = [];
  for (const undo of journal.undo.reverse()) {
    try {
      await undo();
    } catch (error) {
      problems.push(errorMessage(error));
    }
  }
  if (problems.length === 0) journal.kept.length = 0;
  journal.undo.length = 0;
  return problems;
}

/** The files of a staged tree that would take the place of different ones; at most `limit`. */
export async function findConflicts(staged: string, target: string, limit: number): Promise<string[]> {
  const conflicts: string[] = [];
  await walk(toByteString(staged), toByteString(target));
  return conflicts;

  async function walk(from: ByteString, to: ByteString): Promise<void> {
    for (const name of await listNames(from)) {
      if (conflicts.length >= limit) return;
      const [source, place] = [`${from}/${name}`, `${to}/${name}`];
      const existing = await statIfThere(place);
      if (existing === undefined) continue;
      const wanted = await lstat(bytes(source));
      if (wanted.isDirectory() && existing.isDirectory()) await walk(source, place);
      else if (!(await isSame(source, wanted, { place, existing }))) conflicts.push(show(place));
    }
  }
}

interface Step {
  journal: Journal;
  stamp: string;
  move: (from: ByteString, to: ByteString) => Promise<void>;
}

async function swap(staged: ByteString, target: ByteString, { journal, stamp, move }: Step): Promise<void> {
  await makeParents(dirname(target), journal);
  const found = await statIfThere(target);
  if (found !== undefined) {
    const path = keptName(target, stamp);
    await move(target, path);
    if ((await listNames(path)).length > 0) journal.kept.push({ original: show(target), path: show(path) });
    else {
      // An empty directory is nothing to keep.
      await rmdir(bytes(path));
      journal.undo.pop();
      journal.undo.push(() => remakeDirectory(target, found));
    }
  }
  await move(staged, target);
}

async function remakeDirectory(path: ByteString, { mode, uid, gid }: Stats): Promise<void> {
  await mkdir(bytes(path));
  if (process.getuid?.() === 0) await lchown(bytes(path), uid, gid);
  await chmod(bytes(path), mode & 0o7777);
}

async function replaceInside(staged: ByteString, target: ByteString, { journal, stamp, move }: Step): Promise<void> {
  const old = (await listNames(target)).filter((name) => !isStageName(name) && name !== "lost+found");
  if (old.length > 0) {
    const path = `${target}/before-restore-${stamp}`;
    await mkdir(bytes(path), { mode: 0o700 });
    journal.undo.push(() => rmdir(bytes(path)));
    journal.kept.push({ original: `${show(target)}/*`, path: show(path) });
    for (const name of old) await move(`${target}/${name}`, `${path}/${name}`);
  }
  const { mode, uid, gid, atime, mtime } = await lstat(bytes(staged));
  for (const name of await listNames(staged)) await move(`${staged}/${name}`, `${target}/${name}`);
  try {
    if (process.getuid?.() === 0) await lchown(bytes(target), uid, gid);
    await chmod(bytes(target), mode & 0o7777);
    await utimes(bytes(target), atime, mtime);
  } catch (error) {
    if (!hasErrorCode(error, "EPERM", "EROFS")) throw error; // somebody else's mount point keeps its owner
  }
}

async function merge(from: ByteString, to: ByteString, step: Step): Promise<void> {
  const { journal, move, stamp } = step;
  await makeParents(to, journal);
  for (const name of await listNames(from)) {
    const [source, place] = [`${from}/${name}`, `${to}/${name}`];
    const existing = await statIfThere(place);
    const wanted = await lstat(bytes(source));
    if (existing !== undefined && wanted.isDirectory() && existing.isDirectory()) {
      await merge(source, place, step);
      continue;
    }
    if (existing !== undefined) {
      if (await isSame(source, wanted, { place, existing })) continue;
      const path = keptName(place, stamp);
      await move(place, path);
      journal.kept.push({ original: show(place), path: show(path) });
    }
    await move(source, place);
  }
}

function createMove(journal: Journal): Step["move"] {
  return async (from, to) => {
    if ((await statIfThere(to)) !== undefined)
      throw new OperationError("restore-failed", `${show(to)} has come into being meanwhile`, {
        hint: "is the application running? Stop it, and restore again",
      });
    await rename(bytes(from), bytes(to));
    journal.undo.push(() => rename(bytes(to), bytes(from)));
  };
}

async function makeParents(directory: ByteString, journal: Journal): Promise<void> {
  if ((await statIfThere(directory)) !== undefined) return;
  await makeParents(dirname(directory), journal);
  await mkdir(bytes(directory));
  journal.undo.push(() => rmdir(bytes(directory)));
}

function keptName(path: ByteString, stamp: string): ByteString {
  return `${path}.before-restore-${stamp}`;
}

interface Existing {
  place: ByteString;
  existing: Stats;
}

const comparedAtOnce = 256 * 1024;

/** True for two files with the same content, or two links to the same place. */
async function isSame(source: ByteString, wanted: Stats, { place, existing }: Existing): Promise<boolean> {
  if (wanted.isSymbolicLink() && existing.isSymbolicLink())
    return (await readlink(bytes(source))) === (await readlink(bytes(place)));
  if (!wanted.isFile() || !existing.isFile() || wanted.size !== existing.size) return false;
  const [one, other] = await Promise.all([open(bytes(source)), open(bytes(place))]);
  try {
    for (let position = 0; position < wanted.size; position += comparedAtOnce) {
      const [a, b] = await Promise.all(
        [one, other].map(async (file) => {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(comparedAtOnce), 0, comparedAtOnce, position);
          return buffer.subarray(0, bytesRead);
        }),
      );
      if (a === undefined || b === undefined || !a.equals(b)) return false;
    }
    return true;
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
}

async function listNames(directory: ByteString): Promise<ByteString[]> {
  return (await readdir(bytes(directory), { encoding: "latin1" })).sort();
}

function show(path: ByteString): string {
  return escapeControls(displayName(path));
}

async function statIfThere(path: ByteString): Promise<Stats | undefined> {
  try {
    return await lstat(bytes(path));
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
