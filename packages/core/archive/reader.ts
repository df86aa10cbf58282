import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { errorMessage, hasErrorCode, OperationError } from "../errors.ts";
import { createByteSource } from "./input/byte-source.ts";
import { Damage, LaterManifest } from "./input/damage.ts";
import { decompress } from "./input/decompression.ts";
import { readLastMember } from "./input/last-member.ts";
import { type Manifest, manifestSchema, manifestSchemaVersion } from "./manifest.ts";
import { type Compression, parseArchiveName } from "./name.ts";
import { type ArchiveMember, type OnMember, readTarMembers } from "./tar/tar-members.ts";
import { keepYoungGenerationSmall } from "./young-generation.ts";

export interface ReadArchiveOptions {
  signal?: AbortSignal | undefined;
  /** Called with the compressed bytes that were read since the last call. */
  onProgress?: ((bytesRead: number) => void) | undefined;
  /** Waited for after each piece that was read, to read more slowly. */
  pace?: ((bytesRead: number) => Promise<void>) | undefined;
  /** What is not read of a content is decoded and passed over. */
  onMember: OnMember;
}

export interface ArchiveTotals {
  members: number;
  /** Compressed. */
  bytes: number;
  /** Of the compressed bytes. */
  sha1: string;
}

const readSize = 256 * 1024;
const manifestSizeLimit = 64 * 1024 * 1024;
const manifestName = "manifest.json";

/**
 * Reads an archive in one pass: decodes every byte and hashes the file while doing so. The format is told by its name, or by
 * its first bytes where the name is not one of ours. Throws `archive-invalid` for any damage.
 */
export async function readArchive(path: string, options: ReadArchiveOptions): Promise<ArchiveTotals> {
  const hash = createHash("sha1");
  const totals = await read(path, options, (piece) => hash.update(piece));
  return { ...totals, sha1: hash.digest("hex") };
}

/** The same without the hash of the file: for what was verified before, or is not relied on. */
export async function readMembers(path: string, options: ReadArchiveOptions): Promise<Omit<ArchiveTotals, "sha1">> {
  return await read(path, options, () => {});
}

async function read(
  path: string,
  { signal, onProgress = () => {}, pace, onMember }: ReadArchiveOptions,
  onPiece: (piece: Buffer) => void,
): Promise<Omit<ArchiveTotals, "sha1">> {
  const file = await openArchive(path);
  keepYoungGenerationSmall();
  let bytes = 0;
  try {
    const pieces = readPieces(file, signal, async (piece) => {
      onPiece(piece);
      bytes += piece.length;
      onProgress(piece.length);
      await pace?.(piece.length);
    });
    const content = decompress(pieces, await detectFormat(file, path));
    return { members: await readTarMembers(createByteSource(content), onMember), bytes };
  } catch (error) {
    throw error instanceof Damage ? invalidArchive(path, error) : error;
  } finally {
    await file.close();
  }
}

/**
 * The manifest of an archive. Read from the end of the file where that is possible, else, and with `onMember`, in a pass
 * through all of it; `onMember` is told of every member, without its content. Throws `archive-invalid`.
 */
export async function readManifest(
  path: string,
  { onMember, ...options }: Omit<ReadArchiveOptions, "onMember"> & { onMember?: (member: ArchiveMember) => void } = {},
): Promise<Manifest> {
  let manifest = onMember === undefined ? await readLastManifest(path) : undefined;
  if (manifest !== undefined) return manifest;
  await readMembers(path, {
    ...options,
    async onMember(member, content) {
      onMember?.(member);
      if (member.name === manifestName) manifest = await readManifestMember(member, content);
    },
  });
  if (manifest === undefined) throw invalidArchive(path, new Damage("it has no manifest.json"));
  return manifest;
}

async function readLastManifest(path: string): Promise<Manifest | undefined> {
  const file = await openArchive(path);
  try {
    const content = await readLastMember(file, await detectFormat(file, path), manifestName);
    return content === undefined ? undefined : parseManifest(content);
  } catch (error) {
    throw error instanceof Damage ? invalidArchive(path, error) : error;
  } finally {
    await file.close();
  }
}

/** Reads the content of `manifest.json`; throws `Damage` where it is not what this version knows. */
export async function readManifestMember(member: ArchiveMember, content: AsyncIterable<Buffer>): Promise<Manifest> {
  if (member.size > manifestSizeLimit) throw new Damage(`its manifest.json has ${member.size} bytes`);
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  return parseManifest(Buffer.concat(pieces));
}

function parseManifest(content: Buffer): Manifest {
  const document = parseJson(content.toString("utf8"));
  const parsed = manifestSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.join(".")}: ${message}`);
  const message = `its manifest.json is not one that this version knows (${problems.join("; ")})`;
  throw isOfLaterRelease(document) ? new LaterManifest(message) : new Damage(message);
}

function isOfLaterRelease(document: unknown): boolean {
  if (typeof document !== "object" || document === null || !("schemaVersion" in document)) return false;
  return Number.isInteger(document.schemaVersion) && Number(document.schemaVersion) > manifestSchemaVersion;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Damage(`its manifest.json is not JSON: ${errorMessage(cause)}`, { cause });
  }
}

export function invalidArchive(path: string, damage: Damage): OperationError {
  return new OperationError("archive-invalid", `the archive ${path} is damaged: ${damage.message}`, {
    hint: "restore from another archive and make a new backup; if this is a copy, compare it with its source",
    cause: damage,
  });
}

async function openArchive(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK); // a named pipe must not block
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT", "EACCES", "EPERM", "ENOTDIR", "ELOOP")) throw error;
    throw unopenedArchive(path, error);
  }
  throw notAFile(path);
}

export function notAFile(path: string): OperationError {
  return new OperationError("archive-invalid", `${path} is not a file, and so no archive`, {
    hint: "give the path of an archive, such as the one that a backup prints",
  });
}

/** What to say of an archive that cannot even be opened. */
export function unopenedArchive(path: string, cause: unknown): OperationError {
  if (hasErrorCode(cause, "ENOENT", "ENOTDIR")) {
    return new OperationError("archive-invalid", `there is no archive ${path}`, {
      hint: "give the path of an archive, such as the one that a backup prints",
      cause,
    });
  }
  const problem = hasErrorCode(cause, "EACCES", "EPERM") ? "permission denied" : errorMessage(cause);
  return new OperationError("archive-invalid", `the archive ${path} cannot be opened: ${problem}`, { cause });
}

async function* readPieces(
  file: FileHandle,
  signal: AbortSignal | undefined,
  onPiece: (piece: Buffer) => Promise<void>,
): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    const piece = Buffer.allocUnsafe(readSize);
    const { bytesRead } = await file.read(piece, 0, readSize, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    await onPiece(piece.subarray(0, bytesRead));
    yield piece.subarray(0, bytesRead);
  }
}

async function detectFormat(file: FileHandle, path: string): Promise<Compression> {
  const named = parseArchiveName(basename(path));
  if (named !== undefined) return named.compression;
  const start = Buffer.alloc(4);
  await file.read(start, 0, start.length, 0);
  if (start.readUInt32LE() === 0xfd2fb528) return "zstd";
  return start.readUInt16BE() === 0x1f8b ? "gzip" : "none";
}
