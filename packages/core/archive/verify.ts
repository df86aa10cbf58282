import { constants } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasErrorCode, OperationError } from "../errors.ts";
import { createContentTally, type DumpEnds, findDifferences } from "./input/content-tally.ts";
import { Damage, LaterManifest } from "./input/damage.ts";
import type { Manifest } from "./manifest.ts";
import { invalidArchive, notAFile, type ReadArchiveOptions, readArchive, unopenedArchive } from "./reader.ts";
import { parseSidecar, sidecarName, sidecarSizeLimit } from "./sidecar.ts";

export type { DumpEnds };

export interface VerifiedArchive {
  /** Base name. */
  name: string;
  /** Compressed. */
  bytes: number;
  sha1: string;
  members: number;
  manifest: Manifest;
  /** How each dump begins and ends, by its member's name. */
  dumps: ReadonlyMap<string, DumpEnds>;
}

/**
 * Proves an archive whole: its sidecar states the file's SHA1, every byte decodes, and what is in it is what its manifest
 * says, down to the SHA1 of each dump. Throws `archive-invalid` and names all that differs.
 */
export async function verifyArchive(
  path: string,
  options: Omit<ReadArchiveOptions, "onMember"> = {},
): Promise<VerifiedArchive> {
  const name = basename(path);
  await requireReadableFile(path);
  const expected = await readSidecar(path, name);
  const tally = createContentTally();
  const { members, bytes, sha1 } = await readArchive(path, { ...options, onMember: tally.add });
  const content = tally.result();
  const { manifest } = content;
  const differences = sha1 === expected ? [] : [`the file's SHA1 is ${sha1}, its sidecar says ${expected}`];
  differences.push(...findDifferences(name, content));
  if (differences.length > 0 || manifest === undefined) throw invalidArchive(path, new Damage(differences.join("\n")));
  return { name, bytes, sha1, members, manifest, dumps: content.dumps };
}

async function requireReadableFile(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    if ((await stat(path)).isFile()) return;
  } catch (error) {
    throw unopenedArchive(path, error);
  }
  throw notAFile(path);
}

/**
 * What an error of `verifyArchive` says of the archive itself: `damaged`, or `later` where a later release made it and its
 * content cannot be judged. Undefined where the archive or its sidecar could not be read.
 */
export function judgeArchive(error: unknown): "damaged" | "later" | undefined {
  const cause = error instanceof OperationError ? error.cause : undefined;
  if (cause instanceof LaterManifest) return "later";
  return cause instanceof Damage ? "damaged" : undefined;
}

async function readSidecar(path: string, name: string): Promise<string> {
  const sidecar = join(dirname(path), sidecarName(name));
  try {
    const file = await open(sidecar, "r");
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(sidecarSizeLimit + 1));
      return parseSidecar(buffer.toString("utf8", 0, bytesRead), name);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT")) throw error;
    throw new OperationError(
      "archive-invalid",
      `the archive ${path} is not finished: it has no sidecar ${sidecarName(name)}`,
      {
        hint: "a run that was ended leaves such a file, and the next run removes it; for a copy, fetch the sidecar too",
        cause: error,
      },
    );
  }
}
