import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { writeReport } from "@catapullt/core/report/write";
import { type ArchiverConfig, archiverConfigDescription } from "../config/schema.ts";
import { createRunReport, describeFailure } from "../report/run-report.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { withVaultLocked } from "../vault/lock.ts";
import { selectHeldHosts } from "../vault/select-held-hosts.ts";
import type { Vault } from "../vault/vault.ts";
import { planResult, pruneResult } from "./render.ts";
import { type PruneOutcome, planHosts, removeArchives } from "./run.ts";

export interface PruneOptions {
  dryRun?: boolean;
}

interface PruneRun {
  config: ArchiverConfig;
  context: CommandContext;
  named: string[];
}

/** `archiver prune [host...]` */
export async function prune(context: CommandContext, named: string[], options: PruneOptions): Promise<CommandResult> {
  const { environment, configFile } = context;
  const { config } = await loadConfig(archiverConfigDescription, { file: configFile, environment });
  const run = { config, context, named };
  if (options.dryRun) return planResult(await plan(await openDirectoryVault(config.vault), run));
  return pruneAndReport(run);
}

async function pruneAndReport(run: PruneRun): Promise<CommandResult> {
  const { environment, log } = run.context;
  const startedAt = new Date();
  const report = ({ warnings, failures }: Pick<PruneOutcome, "warnings" | "failures">) =>
    writeReport(
      createRunReport({ command: "prune", startedAt, endedAt: new Date(), warnings, failures }),
      environment,
      log,
    );
  try {
    const outcome = await pruneLocked(run);
    await report(outcome);
    return pruneResult(outcome);
  } catch (error) {
    await report({ warnings: [], failures: [describeFailure(error)] });
    throw error;
  }
}

async function pruneLocked(run: PruneRun): Promise<PruneOutcome> {
  const { config, context } = run;
  const vault = await openDirectoryVault(config.vault);
  return withVaultLocked({ vault, config, environment: context.environment }, async () =>
    removeArchives(await plan(vault, run), { vault, ...context }),
  );
}

async function plan(vault: Vault, { config, context, named }: PruneRun): Promise<PruneOutcome> {
  const startedAt = performance.now();
  const selected = await selectHeldHosts(vault, config, named);
  const rules = {
    hosts: config.hosts,
    named,
    policy: config.retention,
    now: new Date(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  const outcome = await planHosts(selected, rules, { vault, ...context });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
  context.log.debug({ seconds }, `planned for ${outcome.decisions.length} archives`);
  return outcome;
}
