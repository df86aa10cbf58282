import { lstat, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hasErrorCode } from "@catapullt/core/errors";
import {
  findProcess,
  identifyProcess,
  type ProcessIdentity,
  processIdentitySchema,
} from "@catapullt/core/process/process-identity";

/** The file in a stage that says whose it is. */
const ownerFile = ".owner";

export async function claimStage(stage: string): Promise<void> {
  await writeFile(join(stage, ownerFile), JSON.stringify(await identifyProcess(process.pid)), { mode: 0o600 });
}

/** True where the process that made a stage is gone for certain; of what another host or container made, that cannot be said. */
export async function isAbandoned(stage: string): Promise<boolean> {
  const owner = await readOwner(stage);
  if (owner === undefined || !(await isOwn(stage))) return false;
  return (await findProcess(owner)) === "gone";
}

// Whoever may write beside it could put down what looks like ours, and exchange what is in it while it is removed.
async function isOwn(stage: string): Promise<boolean> {
  const stats = await lstat(stage);
  return stats.isDirectory() && stats.uid === process.getuid?.();
}

async function readOwner(stage: string): Promise<ProcessIdentity | undefined> {
  try {
    return processIdentitySchema.safeParse(JSON.parse(await readFile(join(stage, ownerFile), "utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrorCode(error, "ENOENT", "EACCES", "ENOTDIR")) return undefined;
    throw error;
  }
}
