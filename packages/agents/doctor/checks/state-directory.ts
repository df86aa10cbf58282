import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { hasErrorCode } from "@catapullt/core/errors";
import type { Check, HostSubject } from "../check.ts";
import { failure, ok } from "../finding.ts";
import { nearestExisting } from "../mount.ts";

/** Locks can be taken: the directory, and every lock file in it, can be written. */
export const stateDirectoryCheck: Check<HostSubject> = {
  name: "state-directory",
  limit: 10_000,
  async look({ stateDirectory }) {
    const locks = join(stateDirectory, "locks");
    const existing = await nearestExisting(locks);
    const files = existing === locks ? (await readIfAllowed(locks)).map((name) => join(locks, name)) : [];
    const denied: string[] = [];
    for (const path of [existing, ...files]) if (!(await isWritable(path))) denied.push(path);
    if (denied.length === 0) return [ok(`${stateDirectory}${existing === locks ? "" : " (to be made)"}`)];
    return [
      failure(
        `${denied[0]} cannot be written by this user`,
        `run: chown -R USER ${stateDirectory}, or set \`stateDir\` to a directory that this user may write`,
      ),
    ];
  },
};

async function isWritable(path: string): Promise<boolean> {
  try {
    const isDirectory = (await stat(path)).isDirectory();
    await access(path, isDirectory ? constants.W_OK | constants.X_OK : constants.W_OK | constants.R_OK);
    return true;
  } catch (error) {
    if (hasErrorCode(error, "EACCES", "EPERM", "EROFS")) return false;
    if (hasErrorCode(error, "ENOENT")) return true;
    throw error;
  }
}

async function readIfAllowed(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasErrorCode(error, "EACCES")) return [];
    throw error;
  }
}
