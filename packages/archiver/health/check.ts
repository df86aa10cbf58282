import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { OperationError } from "@catapullt/core/errors";
import { writeReport } from "@catapullt/core/report/write";
import type { Catalog } from "../catalog/catalog.ts";
import { openCatalog } from "../catalog/open.ts";
import { expectedApplications } from "../catalog/selection.ts";
import { type ArchiverConfig, archiverConfigDescription } from "../config/schema.ts";
import { refuseUnknownHosts } from "../config/select-hosts.ts";
import { createRunReport, describeFailure } from "../report/run-report.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { refuseUnknownApplication } from "../vault/select-application.ts";
import type { Vault } from "../vault/vault.ts";
import { acceptSize } from "./accept.ts";
import { type Assessment, assess } from "./assess.ts";
import { gatherFacts } from "./gather.ts";
import { checkResult, reportedFindings } from "./render.ts";

export interface CheckOptions {
  application?: string;
  /** `HOST/APPLICATION` */
  accept?: string;
}

interface CheckRun {
  config: ArchiverConfig;
  context: CommandContext;
  named: readonly string[];
  application: string | undefined;
  now: Date;
}

/** `archiver check [host...]`: judges from what is known here, and asks no host. */
export async function check(context: CommandContext, named: string[], options: CheckOptions): Promise<CommandResult> {
  const { environment, configFile } = context;
  const { config } = await loadConfig(archiverConfigDescription, { file: configFile, environment });
  const { accept, application } = options;
  if (accept !== undefined) {
    if (named.length > 0 || application !== undefined)
      throw new OperationError("usage-invalid", "--accept goes with neither hosts nor --application", {
        hint: "archiver check --accept HOST/APPLICATION",
      });
    return acceptSize(accept, { config, context });
  }
  return checkAndReport({ config, context, named, application, now: new Date() });
}

async function checkAndReport(run: CheckRun): Promise<CommandResult> {
  const { environment, log } = run.context;
  const report = (warnings: string[], failures: ReturnType<typeof reportedFindings>) => {
    const facts = { command: "check", startedAt: run.now, endedAt: new Date(), warnings, failures };
    return writeReport(createRunReport(facts), environment, log);
  };
  try {
    const assessment = await judge(run);
    await report(assessment.notes, reportedFindings(assessment));
    return checkResult(assessment, run.now);
  } catch (error) {
    await report([], [describeFailure(error)]);
    throw error;
  }
}

async function judge({ config, context, named, application, now }: CheckRun): Promise<Assessment> {
  const { log, signal } = context;
  const vault = await openDirectoryVault(config.vault);
  const all = await findHosts(vault, config);
  refuseUnknownHosts(named, all);
  const hosts = named.length === 0 ? all : all.filter((host) => named.includes(host));
  const isPart = named.length > 0 || application !== undefined;
  const catalog = await openCatalog(vault, { log, signal, scope: isPart ? { hosts, application } : {} });
  try {
    if (application !== undefined) refuseUnknownApplication(application, knownApplications(hosts, { catalog, config }));
    const clock = { now, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    return assess(await gatherFacts({ vault, catalog, config, clock, hosts, application, isPart }));
  } finally {
    catalog.close();
  }
}

async function findHosts(vault: Vault, config: ArchiverConfig): Promise<string[]> {
  return [...new Set([...Object.keys(config.hosts), ...(await vault.hosts())])].sort();
}

function knownApplications(
  hosts: readonly string[],
  { catalog, config }: { catalog: Catalog; config: ArchiverConfig },
): string[] {
  const known = [...expectedApplications(config), ...catalog.applications({ hosts })];
  return known.filter(({ host }) => hosts.includes(host)).map(({ application }) => application);
}
