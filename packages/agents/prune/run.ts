import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { sidecarName } from "@catapullt/core/archive/sidecar";
import { syncDirectory } from "@catapullt/core/atomic-file";
import type { CommandContext } from "@catapullt/core/cli/program";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { acquireLock } from "@catapullt/core/lock";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import { keysApplicationName } from "../applications/keys-name.ts";
import type { ResolvedApplication } from "../config/resolve.ts";
import { type AgentConfig, defaultWorkDirectory } from "../config/schema.ts";
import { type PrunePlan, planPrune } from "./plan.ts";

export interface PruneRequest {
  application: ResolvedApplication;
  config: AgentConfig;
  dryRun: boolean;
}

/** Removes the archives that no rule of `retention` keeps, those of its keys too. Shares its lock with backups. */
export async function runPrune(request: PruneRequest, context: CommandContext): Promise<PrunePlan> {
  const { application, config } = request;
  const lock = await acquireLock(
    join(config.stateDir ?? defaultStateDirectory(context.environment), "locks"),
    `backup-agent-${application.name}`,
  );
  const workDir = config.workDir ?? defaultWorkDirectory;
  const keysName = keysApplicationName(application.name);
  try {
    const plans = [
      await pruneDirectory({ ...request, name: application.name, parent: workDir }, context),
      ...(Object.hasOwn(config.applications, keysName)
        ? []
        : [await pruneDirectory({ ...request, name: keysName, parent: config.keysDir ?? workDir }, context)]),
    ];
    return {
      decisions: plans.flatMap(({ decisions }) => decisions),
      warnings: plans.flatMap(({ warnings }) => warnings),
    };
  } finally {
    lock.release();
  }
}

async function pruneDirectory(
  { name, parent, config, dryRun }: PruneRequest & { name: string; parent: string },
  { log, signal }: CommandContext,
): Promise<PrunePlan> {
  const directory = join(parent, name);
  const plan = planPrune({
    application: name,
    files: await listFiles(directory),
    policy: config.retention,
    now: new Date(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  for (const warning of plan.warnings) log.warn(warning);
  if (dryRun) return plan;
  for (const decision of plan.decisions.filter(({ action }) => action === "remove")) {
    signal.throwIfAborted();
    await remove(directory, decision.name);
    log.info(`removed ${join(directory, decision.name)}`);
  }
  return plan;
}

async function listFiles(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return [];
    throw unusable(directory, error);
  }
}

// The sidecar first: what is left after a crash is an unfinished archive, which nobody fetches and the next backup clears away.
async function remove(directory: string, name: string): Promise<void> {
  try {
    await rm(join(directory, sidecarName(name)), { force: true });
    await syncDirectory(directory);
    await rm(join(directory, name), { force: true });
    await syncDirectory(directory);
  } catch (error) {
    throw unusable(join(directory, name), error);
  }
}

function unusable(path: string, cause: unknown): unknown {
  if (!hasErrorCode(cause, "EACCES", "EPERM", "EROFS", "ENOTDIR", "EIO")) return cause;
  return new OperationError("work-directory-unusable", `${path}: ${errorMessage(cause)}`, {
    hint: "run it as the user that makes the backups",
    cause,
  });
}
