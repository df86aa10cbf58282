import { readFile } from "node:fs/promises";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { type KnownHostLine, parseKnownHosts } from "./parse.ts";

/** The lines of all files together. A file that does not exist holds no line; one that cannot be read is an error. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHostLine[]> {
  const contents = await Promise.all(files.map(readFileIfThere));
  return contents.flatMap((text, index) => parseKnownHosts(text, files[index] ?? ""));
}

async function readFileIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return "";
    throw new OperationError("host-key-unknown", `the known hosts in ${file} cannot be read: ${errorMessage(error)}`, {
      hint: "make the file readable for this user, or set `knownHostsFile` to another one",
      cause: error,
    });
  }
}
