import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { createProgressBoard } from "@catapullt/core/progress/board";
import type { ReportedFailure } from "@catapullt/core/report/schema";
import { writeReport } from "@catapullt/core/report/write";
import { openCatalog } from "../catalog/open.ts";
import { type ArchiverConfig, archiverConfigDescription } from "../config/schema.ts";
import { selectHosts } from "../config/select-hosts.ts";
import { describeFailure } from "../report/run-report.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { withVaultLocked } from "../vault/lock.ts";
import type { Vault } from "../vault/vault.ts";
import { createPace } from "../verify/pace.ts";
import type { HostTask, PullContext } from "./context.ts";
import type { HostOutcome } from "./outcome.ts";
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
    return withPullContext(tasks, { config, vault, context, options }, async (ready) =>
      planResult(await planHosts(tasks, ready, config.concurrency)),
    );
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
  return withVaultLocked({ vault, config, environment: context.environment }, () =>
    withPullContext(tasks, { config, vault, context, options }, (ready) => pullHosts(tasks, ready, config.concurrency)),
  );
}

async function withPullContext<Result>(
  tasks: readonly HostTask[],
  { config, vault, context, options }: PullRun & { vault: Vault },
  use: (context: PullContext) => Promise<Result>,
): Promise<Result> {
  const { environment, log, signal, terminal } = context;
  const scope = { hosts: tasks.map(({ host }) => host) };
  const catalog = options.keepRemote ? await openCatalog(vault, { log, signal, scope }) : undefined;
  const ready: PullContext = {
    vault,
    space: createSpaceLedger(vault),
    progress: createProgressBoard(terminal, { tasks: tasks.length, noun: "hosts" }),
    environment,
    log,
    signal,
    keepRemote: options.keepRemote === true,
    prunedAs: (id) => catalog?.prunedAs(id),
    rate: config.rate,
    paceAll: config.rate === undefined ? async () => {} : createPace(config.rate, { signal }),
    quota: config.quota,
    retries: config.retries,
    retryDelay: config.retryDelay,
  };
  try {
    return await use(ready);
  } finally {
    ready.progress.end();
    catalog?.close();
  }
}
