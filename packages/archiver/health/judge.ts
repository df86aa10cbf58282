import type { CommandContext } from "@catapullt/core/cli/program";
import type { Catalog } from "../catalog/catalog.ts";
import { openCatalog } from "../catalog/open.ts";
import { expectedApplications } from "../catalog/selection.ts";
import type { ArchiverConfig } from "../config/schema.ts";
import { refuseUnknownHosts } from "../config/select-hosts.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { refuseUnknownApplication } from "../vault/select-application.ts";
import type { Vault } from "../vault/vault.ts";
import { type Assessment, assess } from "./assess.ts";
import type { Clock } from "./facts.ts";
import { gatherFacts } from "./gather.ts";

export interface JudgementRequest {
  config: ArchiverConfig;
  context: CommandContext;
  /** Hosts that the command line names: all where it names none. */
  named: readonly string[];
  application: string | undefined;
  now: Date;
}

export interface Judgement {
  assessment: Assessment;
  vault: Vault;
  /** Open for as long as the judgement is used. */
  catalog: Catalog;
  /** The hosts that were looked at. */
  hosts: readonly string[];
  clock: Clock;
}

/**
 * Judges what the vault holds of the hosts that are configured or in it, asks no host, and hands over what it judged from. Fails with
 * `host-unknown` and `application-unknown`.
 */
export async function withJudgement<Result>(
  { config, context, named, application, now }: JudgementRequest,
  use: (judgement: Judgement) => Result | Promise<Result>,
): Promise<Result> {
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
    const assessment = assess(await gatherFacts({ vault, catalog, config, clock, hosts, application, isPart }));
    return await use({ assessment, vault, catalog, hosts, clock });
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
