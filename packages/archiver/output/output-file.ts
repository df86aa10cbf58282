import { lstat, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";

/** A file for other programs or people, whose path the command line names. */
export interface OutputFile {
  path: string;
  /** As in "WHAT be written to …": `the metrics cannot`. */
  what: string;
  /** Which directory to name, where one is missing. */
  place: string;
}

// Whoever reads it is another user, such as node_exporter's or a web server's; nothing in it is secret.
const mode = 0o644;

/** Fails with `output-failed` where the file can surely not be written, before any work is done. */
export async function checkOutputFile(file: OutputFile): Promise<void> {
  const directory = dirname(resolve(file.path));
  try {
    if (!(await stat(directory)).isDirectory()) throw cannotWrite(file, `${directory} is not a directory`);
    if ((await lstat(file.path)).isDirectory()) throw cannotWrite(file, "it is a directory");
  } catch (error) {
    if (error instanceof OperationError) throw error;
    if (!hasErrorCode(error, "ENOENT")) throw describeError(file, error);
    if (await isMissing(directory)) throw describeError(file, error);
  }
}

/** Replaces the file at once: no reader ever sees half of it, and its temporary name ends in `.part`. */
export async function writeOutputFile(file: OutputFile, content: string): Promise<void> {
  try {
    await writeFileAtomically(resolve(file.path), content, { mode });
  } catch (error) {
    throw describeError(file, error);
  }
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch (error) {
    return hasErrorCode(error, "ENOENT");
  }
}

const remedies: Record<string, (directory: string, file: OutputFile) => string> = {
  ENOENT: (directory, { place }) => `the directory ${directory} is missing. Make it, or name ${place}`,
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: (directory) => `${directory} is on a read-only file system: name another place`,
  ENOSPC: (directory) => `the file system of ${directory} is full: make room; the file is as it was`,
  EDQUOT: (directory) => `the quota for ${directory} is used up: make room; the file is as it was`,
};

function notWritable(directory: string): string {
  return `the user who runs archiver must be able to write to the directory ${directory}, since the file is replaced as a whole`;
}

function describeError(file: OutputFile, error: unknown): OperationError {
  const remedy = hasErrorCode(error, ...Object.keys(remedies)) ? remedies[error.code ?? ""] : undefined;
  return cannotWrite(file, errorMessage(error), { hint: remedy?.(dirname(resolve(file.path)), file), cause: error });
}

function cannotWrite(file: OutputFile, reason: string, details: { hint?: string | undefined; cause?: unknown } = {}) {
  return new OperationError("output-failed", `${file.what} cannot be written to ${file.path}: ${reason}`, {
    hint: `name a file in ${file.place}`,
    ...(details.hint === undefined ? {} : { hint: details.hint }),
    cause: details.cause,
  });
}
