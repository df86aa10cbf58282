import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { acquireLock, type Lock } from "@catapullt/core/lock";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import type { ArchiverConfig } from "../config/schema.ts";
import type { Vault } from "./vault.ts";

export interface VaultLocking {
  vault: Vault;
  config: ArchiverConfig;
  environment: NodeJS.ProcessEnv;
}

/** Runs an action while no other run can change the vault. Fails with `locked` where another one holds it. */
export async function withVaultLocked<Result>(
  { vault, config, environment }: VaultLocking,
  action: () => Promise<Result>,
): Promise<Result> {
  const locks = [await lockOnThisHost(config, environment)];
  try {
    locks.push(await vault.lock());
    return await action();
  } finally {
    for (const lock of locks) lock.release();
  }
}

// Beside the vault's own lock, which keeps other hosts out: a network file system may not have any.
async function lockOnThisHost({ stateDir, vault }: ArchiverConfig, environment: NodeJS.ProcessEnv): Promise<Lock> {
  const place = createHash("sha1")
    .update(await realpath(vault))
    .digest("hex")
    .slice(0, 12);
  return acquireLock(join(stateDir ?? defaultStateDirectory(environment), "locks"), `archiver-${place}`);
}
