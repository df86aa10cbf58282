import * as nodeFileSystem from "node:fs";
import { basename } from "node:path";
import { getSystemErrorMap } from "node:util";
import { errorMessage, hasErrorCode } from "../../errors.ts";
import { type ByteString, displayName, isAscii, toByteString, toBytes } from "../tar/byte-string.ts";
import { encodeTarHeader, type TarEntry, type TarEntryType } from "../tar/tar-header.ts";
import { copyFileContent, type FileContentResult } from "./file-content.ts";
import type { FileSystem } from "./file-system.ts";
import { compilePatterns, everything, type PatternState } from "./glob.ts";
import { createLinkNames, type LinkNames } from "./link-names.ts";
import type { OwnerNames } from "./owner-names.ts";
import type { TarSink } from "./tar-sink.ts";
import type { TreeOutcome, TreeRequest } from "./tree-request.ts";
import { createTreeTally, type TreeTally } from "./tree-tally.ts";

type Stats = nodeFileSystem.BigIntStats;

export interface TreeReaderOptions {
  sink: TarSink;
  owners: OwnerNames;
  fileSystem?: FileSystem;
}

interface Walk {
  sink: TarSink;
  owners: OwnerNames;
  fileSystem: FileSystem;
  tally: TreeTally;
  links: LinkNames;
  /** Directories that are written as soon as something below them is. */
  pending: TarEntry[];
}

/** A file, directory or link: where it is, its member, and where the walk stands in the patterns. */
interface Place {
  path: ByteString;
  member: ByteString;
  include: PatternState;
  exclude: PatternState;
}

// Special files are never opened, and one that takes a file's place between two calls must not block or be followed.
const openFlags =
  nodeFileSystem.constants.O_RDONLY | nodeFileSystem.constants.O_NOFOLLOW | nodeFileSystem.constants.O_NONBLOCK;

/**
 * Walks a tree and writes it to `sink` as tar members: directories before what is in them, names in byte order. Blocks the
 * thread. Never throws because of a single file: what cannot be read is in the outcome.
 */
export function readTree(request: TreeRequest, options: TreeReaderOptions): TreeOutcome {
  const { sink, owners, fileSystem = nodeFileSystem } = options;
  const tally = createTreeTally(request);
  const walk: Walk = { sink, owners, fileSystem, tally, links: createLinkNames(), pending: [] };
  const path = toByteString(request.root);
  const member = `files/${toByteString(request.label)}`;
  const place: Place = {
    path,
    member,
    include: request.include.length === 0 ? everything : compilePatterns(request.include),
    exclude: compilePatterns(request.exclude),
  };
  readRoot(walk, place);
  return tally.outcome();
}

function readRoot(walk: Walk, place: Place): void {
  const root = place.path;
  try {
    const stats = walk.fileSystem.statSync(toBytes(root), { bigint: true });
    if (stats.isDirectory()) {
      writeEntry(walk, "directory", entryOf(walk, place.member, stats));
      readDirectory(walk, place);
    } else if (stats.isFile()) {
      saveFile(walk, { ...place, member: `${place.member}/${basename(root)}` }, stats);
    } else walk.tally.unreadable(displayName(root), `it is ${describeKind(stats)}`);
  } catch (error) {
    walk.tally.unreadable(displayName(root), systemReason(error));
  }
}

function readDirectory(walk: Walk, place: Place): void {
  const names = attempt(walk, place, () => walk.fileSystem.readdirSync(toBytes(place.path), { encoding: "latin1" }));
  for (const name of names?.sort() ?? []) visit(walk, place, name);
}

function visit(walk: Walk, parent: Place, name: ByteString): void {
  const path = parent.path.endsWith("/") ? `${parent.path}${name}` : `${parent.path}/${name}`;
  const stats = attempt(walk, { path }, () => walk.fileSystem.lstatSync(toBytes(path), { bigint: true }));
  if (stats === undefined) return;
  const text = isAscii(name) ? name : toBytes(name).toString("utf8");
  const isDirectory = stats.isDirectory();
  const exclude = parent.exclude.enter(text, isDirectory);
  if (exclude.match !== undefined) {
    walk.tally.exclude(exclude.match);
    return;
  }
  const include = parent.include.enter(text, isDirectory);
  const place: Place = { path, member: `${parent.member}/${name}`, include, exclude };
  if (isDirectory) visitDirectory(walk, place, stats);
  else if (include.match !== undefined) save(walk, place, stats);
}

function visitDirectory(walk: Walk, place: Place, stats: Stats): void {
  if (!place.include.canMatchBelow) return;
  const entry = entryOf(walk, place.member, stats);
  if (place.include.match === undefined) walk.pending.push(entry);
  else writeEntry(walk, "directory", entry);
  readDirectory(walk, place);
  if (walk.pending.at(-1) === entry) walk.pending.pop();
}

function save(walk: Walk, place: Place, stats: Stats): void {
  const firstName = walk.links.firstName(stats);
  if (firstName !== undefined) writeEntry(walk, "hardlink", entryOf(walk, place.member, stats), firstName);
  else if (stats.isFile()) saveFile(walk, place, stats);
  else if (stats.isSymbolicLink()) saveSymbolicLink(walk, place, stats);
  else walk.tally.skip(displayName(place.path), describeKind(stats));
}

function saveSymbolicLink(walk: Walk, place: Place, stats: Stats): void {
  const target = attempt(walk, place, () => walk.fileSystem.readlinkSync(toBytes(place.path), { encoding: "latin1" }));
  if (target === undefined) return;
  writeEntry(walk, "symlink", entryOf(walk, place.member, stats), target);
  walk.links.remember(stats, place.member);
}

function saveFile(walk: Walk, place: Place, stats: Stats): void {
  const descriptor = attempt(walk, place, () => walk.fileSystem.openSync(toBytes(place.path), openFlags));
  if (descriptor === undefined) return;
  try {
    if (walk.tally.isFailed()) return; // the archive is lost: only find out what else cannot be read
    const size = Number(stats.size);
    writeEntry(walk, "file", { ...entryOf(walk, place.member, stats), size });
    walk.links.remember(stats, place.member);
    walk.tally.addBytes(size);
    noteChanges(walk, place, copyFileContent(descriptor, stats, walk));
  } finally {
    walk.fileSystem.closeSync(descriptor);
  }
}

function noteChanges(walk: Walk, place: Place, result: FileContentResult): void {
  const path = displayName(place.path);
  if (result.error !== undefined) walk.tally.unreadable(path, systemReason(result.error));
  else if (result.change !== undefined) walk.tally.warn(`${path} ${result.change}`);
}

function entryOf({ owners }: Walk, name: ByteString, stats: Stats): TarEntry {
  const uid = Number(stats.uid);
  const gid = Number(stats.gid);
  return {
    name,
    type: "directory",
    size: 0,
    mode: Number(stats.mode & 0o7777n),
    uid,
    gid,
    userName: owners.user(uid),
    groupName: owners.group(gid),
    modifiedAt: stats.mtimeNs,
    linkName: "",
  };
}

function writeEntry(walk: Walk, type: TarEntryType, entry: TarEntry, linkName: ByteString = ""): void {
  if (walk.tally.isFailed()) return;
  for (const directory of walk.pending.splice(0)) {
    walk.tally.count("directory");
    walk.sink.write(encodeTarHeader(directory));
  }
  walk.tally.count(type);
  walk.sink.write(encodeTarHeader({ ...entry, type, linkName }));
}

/** The call's result; undefined where it fails because of this one file, which is then noted. */
function attempt<T>(walk: Walk, { path }: Pick<Place, "path">, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR", "ESTALE"))
      walk.tally.skip(displayName(path), "vanished while the tree was read");
    else if (hasErrorCode(error, "ELOOP", "ENXIO", "EINVAL"))
      walk.tally.skip(displayName(path), "was replaced by another kind of file while the tree was read");
    else walk.tally.unreadable(displayName(path), systemReason(error));
    return undefined;
  }
}

function systemReason(error: unknown): string {
  if (!hasErrorCode(error) && !(error instanceof Error && "errno" in error)) throw error;
  const { errno } = error as NodeJS.ErrnoException;
  return (errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]) ?? errorMessage(error);
}

function describeKind(stats: Stats): string {
  if (stats.isSocket()) return "a socket";
  if (stats.isFIFO()) return "a FIFO";
  if (stats.isBlockDevice()) return "a block device";
  if (stats.isCharacterDevice()) return "a character device";
  return "neither a file nor a directory";
}
