import { resolve } from "node:path";
import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import type { ReportedFailure } from "@catapullt/core/report/schema";
import { writeReport } from "@catapullt/core/report/write";
import { openCatalog } from "../catalog/open.ts";
import { refuseUnreadable } from "../catalog/unreadable.ts";
import { type ArchiverConfig, archiverConfigDescription } from "../config/schema.ts";
import { createRunReport, describeFailure } from "../report/run-report.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { selectHeldHosts } from "../vault/select-held-hosts.ts";
import type { Vault } from "../vault/vault.ts";
import { findAgent } from "./agent.ts";
import { type PlannedDrill, planDrills } from "./plan.ts";
import { createDrillProgress } from "./progress.ts";
import { drillReportParts, drillResult } from "./render.ts";
import { type DrillOutcome, runDrills } from "./run.ts";

export interface DrillOptions {
  /** In milliseconds. */
  olderThan?: number;
  directory?: string;
}

interface DrillRequest {
  config: ArchiverConfig;
  hosts: readonly string[];
  options: DrillOptions;
}

/** `archiver drill [host...]` */
export async function drill(context: CommandContext, hosts: string[], options: DrillOptions): Promise<CommandResult> {
  const { environment, configFile, log, signal } = context;
  const { config } = await loadConfig(archiverConfigDescription, { file: configFile, environment });
  const startedAt = new Date();
  const report = (parts: { warnings: string[]; failures: ReportedFailure[] }) =>
    writeReport(createRunReport({ command: "drill", startedAt, endedAt: new Date(), ...parts }), environment, log);
  try {
    const vault = await openDirectoryVault(config.vault);
    const outcomes = await drillAll(vault, { config, hosts, options }, context);
    const parts = drillReportParts(outcomes);
    for (const warning of parts.warnings) log.warn(warning);
    await report(parts);
    return drillResult(outcomes, vault.location);
  } catch (error) {
    await report({ warnings: [], failures: [describeFailure(signal.aborted ? signal.reason : error)] });
    throw error;
  }
}

async function drillAll(vault: Vault, request: DrillRequest, context: CommandContext): Promise<DrillOutcome[]> {
  const { environment, log, signal, terminal } = context;
  const { directory } = request.options;
  // Other runs may fetch and prune meanwhile: a drill can take hours.
  const place = await vault.openDrillPlace();
  try {
    const plan = await planVault(vault, request, context);
    const isIdle = plan.every(({ action }) => action === "skip");
    const agent = {
      program: isIdle ? "" : await findAgent(environment),
      environment,
      signal,
      directory: directory === undefined ? undefined : resolve(directory),
    };
    const progress = createDrillProgress(terminal, plan);
    try {
      return await runDrills(plan, { vault, place, agent, progress, log });
    } finally {
      progress.end();
    }
  } finally {
    await place.close();
  }
}

async function planVault(
  vault: Vault,
  { config, hosts, options }: DrillRequest,
  { log, signal }: CommandContext,
): Promise<PlannedDrill[]> {
  const selected = await selectHeldHosts(vault, config, hosts);
  const catalog = await openCatalog(vault, { log, signal, scope: { hosts: selected }, isThorough: true });
  try {
    refuseUnreadable(catalog);
    const { lastDrill } = catalog;
    return planDrills({ held: catalog.held(), lastDrill, now: new Date(), olderThan: options.olderThan });
  } finally {
    catalog.close();
  }
}
