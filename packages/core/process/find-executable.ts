import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { hasErrorCode } from "../errors.ts";

/**
 * The full path of the first of `names` that is an executable file in `searchPath` (the form of `$PATH`). Entries that are no
 * full paths are passed over: the current directory is no place for programs.
 */
export async function findExecutable(names: readonly string[], searchPath: string): Promise<string | undefined> {
  for (const name of names) {
    if (name.includes("/")) {
      if (await isExecutable(name)) return name;
      continue;
    }
    for (const directory of searchPath.split(delimiter).filter(isAbsolute)) {
      const candidate = join(directory, name);
      if (await isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "EACCES", "ENOTDIR", "ELOOP")) return false;
    throw error;
  }
}
