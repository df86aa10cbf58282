import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorMessage } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";

export interface PrivateDirectory {
  path: string;
  remove(): Promise<void>;
}

/** A new directory that only this user can enter; undefined, with a warning, where none can be made. */
export async function createPrivateDirectory(
  log: Logger,
  parents: readonly string[] = [tmpdir(), "/dev/shm"],
): Promise<PrivateDirectory | undefined> {
  const problems: string[] = [];
  for (const parent of parents) {
    try {
      const path = await mkdtemp(join(parent, "notify-"));
      return { path, remove: () => removeDirectory(path, log) };
    } catch (error) {
      problems.push(errorMessage(error));
    }
  }
  log.warn(`no temporary directory can be made, so the message will lack the command's report: ${problems.join("; ")}`);
  return undefined;
}

async function removeDirectory(path: string, log: Logger): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    log.warn(`the temporary directory ${path} cannot be removed: ${errorMessage(error)}`);
  }
}
