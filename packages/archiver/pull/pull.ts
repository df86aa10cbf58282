import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import { acquireLock, type Lock } from "@catapullt/core/lock";
import type { ReportedFailure } from "@catapullt/core/report/schema";
import { writeReport } from "@catapullt/core/report/write";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import { type ArchiverConfig, archiverConfigDescription } from "../config/schema.ts";
import { selectHosts } from "../config/select-hosts.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import type { Vault } from "../vault/vault.ts";
import type { HostTask, PullContext } from "./host.ts";
import type { HostOutcome } from "./outcome.ts";
import { createPullProgress } from "./progress.ts";
import { pullReport } from "./report.ts";
import { planResult, pullResult } from "./result.ts";
import { planHosts, pullHosts } from "./run.ts";
import { createSpaceLedger } from "./space.ts";

export interface PullOptions {
  keepRemote?: boolean;
  dryRun?: boolean;
}

/** `archiver pull [host...]` */
export async function pull(context: CommandContext, hosts: string[], options: PullOptions): Promise<CommandResult> {
  const { environment, configFile } = context;
  const { config } = await loadConfig(archiverConfigDescription, { file: configFile, environment });
  const tasks = selectHosts(config, hosts).map(([host, settings]) => ({ host, settings }));
  if (options.dryRun) {
    const vault = await openDirectoryVault(config.vault);
    return planResult(await planHosts(tasks, pullContext({ config, vault, context, options }), config.concurrency));
  }
  return pullAndReport(tasks, { config, context, options });
}

interface PullRun {
  config: ArchiverConfig;
  context: CommandContext;
  options: PullOptions;
}

async function pullAndReport(tasks: HostTask[], run: PullRun): Promise<CommandResult> {
  const { environment, log } = run.context;
  const startedAt = new Date();
  const report = (outcomes: HostOutcome[], failures: ReportedFailure[]) =>
    writeReport(pullReport({ startedAt, endedAt: new Date(), outcomes, failures }), environment, log);
  try {
    const outcomes = await pullLocked(tasks, run);
    await report(outcomes, []);
    return pullResult(outcomes);
  } catch (error) {
    await report([], [describeFailure(error)]);
    throw error;
  }
}

async function pullLocked(tasks: HostTask[], { config, context, options }: PullRun): Promise<HostOutcome[]> {
  const vault = await openDirectoryVault(config.vault);
  const locks = [await lockOnThisHost(config, context.environment)];
  try {
    locks.push(await vault.lock());
    return await pullHosts(tasks, pullContext({ config, vault, context, options }), config.concurrency);
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

function pullContext({ config, vault, context, options }: PullRun & { vault: Vault }): PullContext {
  const { environment, log, signal, terminal } = context;
  return {
    vault,
    space: createSpaceLedger(vault),
    progress: createPullProgress(terminal),
    environment,
    log,
    signal,
    keepRemote: options.keepRemote === true,
    retries: config.retries,
    retryDelay: config.retryDelay,
  };
}

function describeFailure(error: unknown): ReportedFailure {
  if (!(error instanceof OperationError)) return { code: "ended", message: errorMessage(error) };
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
