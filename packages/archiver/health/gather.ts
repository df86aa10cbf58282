import { OperationError } from "@catapullt/core/errors";
import type { ApplicationId, Catalog, RecordedArchive } from "../catalog/catalog.ts";
import type { ArchiverConfig, HostConfig } from "../config/schema.ts";
import { sizeLimits } from "../config/thresholds.ts";
import type { Vault } from "../vault/vault.ts";
import type { AssessmentFacts, ComparedApplication, HostLook } from "./assess.ts";
import { type Clock, isHeld } from "./facts.ts";

export interface GatherContext {
  vault: Vault;
  catalog: Catalog;
  config: ArchiverConfig;
  clock: Clock;
  /** The hosts that are looked at, configured or not. */
  hosts: readonly string[];
  /** The only application that is looked at. */
  application: string | undefined;
  /** Whether the command line names a part of the vault. */
  isPart: boolean;
}

/** How much further back precedents of a size are looked for. */
const longFactor = 3;
/** Where sizes may be anything, for the ledger alone. */
const ledgerArchives = 20;
const hostsAtOnce = 8;

/** Gathers what is judged from the vault, its catalog and the configuration. Applications are read when they are judged. */
export async function gatherFacts(context: GatherContext): Promise<AssessmentFacts> {
  const { vault, config, clock, isPart } = context;
  const hosts = await lookAtHosts(context);
  return {
    applications: readApplications(hosts, context),
    hosts,
    isAnythingExpected: Object.values(config.hosts).some(({ expect }) => Object.keys(expect).length > 0),
    space: isPart
      ? undefined
      : { freeBytes: await vault.freeBytes(), flows: context.catalog.flows(), now: clock.now, warn: config.space.warn },
    clock,
    clockLimit: config.clock.warn,
  };
}

async function lookAtHosts(context: GatherContext): Promise<HostLook[]> {
  const { hosts } = context;
  const looks: HostLook[] = [];
  for (let index = 0; index < hosts.length; index += hostsAtOnce) {
    const some = hosts.slice(index, index + hostsAtOnce).map((host) => lookAtHost(host, context));
    looks.push(...(await Promise.all(some)));
  }
  return looks;
}

async function lookAtHost(host: string, context: GatherContext): Promise<HostLook> {
  const { vault, config } = context;
  return {
    host,
    isConfigured: Object.hasOwn(config.hosts, host),
    expected: Object.keys(expectedOf(host, context)),
    sighting: await vault.sighting(host),
    ...(await lookAtFiles(host, context)),
  };
}

type FilesLook = Pick<HostLook, "unsealed" | "foreign" | "quarantined" | "trouble">;

// A host's directory that cannot be read is told of, and the other hosts are looked at nevertheless.
async function lookAtFiles(host: string, { vault, catalog, application }: GatherContext): Promise<FilesLook> {
  const isMeant = (path: string) => application === undefined || path.split("/").includes(application);
  try {
    const { foreign, quarantined } = await vault.strangers(host);
    const unsealed = catalog.unsealed({ hosts: [host], application });
    const trouble = catalog.unreadable.find((unreadable) => unreadable.host === host)?.error.message;
    return { unsealed, foreign: foreign.filter(isMeant), quarantined: quarantined.filter(isMeant), trouble };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { unsealed: [], foreign: [], quarantined: [], trouble: error.message };
  }
}

/** Applications that the vault holds or has held archives of, by host. */
function knownApplications({ catalog, hosts, application }: GatherContext): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const known of catalog.applications({ hosts, application })) {
    const names = all.get(known.host) ?? new Set();
    all.set(known.host, names.add(known.application));
  }
  return all;
}

function expectedOf(host: string, { config, application }: GatherContext): HostConfig["expect"] {
  const expect = Object.hasOwn(config.hosts, host) ? (config.hosts[host]?.expect ?? {}) : {};
  return Object.fromEntries(
    Object.entries(expect).filter(([name]) => application === undefined || name === application),
  );
}

function* readApplications(hosts: readonly HostLook[], context: GatherContext): Generator<ComparedApplication> {
  const { catalog, config } = context;
  const known = knownApplications(context);
  for (const { host, sighting, quarantined } of hosts) {
    const expected = expectedOf(host, context);
    for (const application of [...new Set([...Object.keys(expected), ...(known.get(host) ?? [])])].sort()) {
      const expectation = Object.hasOwn(expected, application) ? expected[application] : undefined;
      const limits = sizeLimits(config.sizes, expectation?.sizes);
      const compared = limits?.compare ?? ledgerArchives;
      const archives = readArchives({ host, application }, compared + 1, catalog);
      if (expectation === undefined && !archives.some(isHeld)) continue;
      yield {
        host,
        application,
        expectation,
        archives,
        lastProof: catalog.lastProof({ host, application }),
        quarantined: quarantined.filter((path) => path.split("/").includes(application)),
        sighting,
        limits,
        accepted: catalog.accepted({ host, application }),
        longHistory: () => catalog.history({ hosts: [host], application }, compared * longFactor + 1),
      };
    }
  }
}

// Where none of the newest ones is there any more, an older one may be.
function readArchives({ host, application }: ApplicationId, newest: number, catalog: Catalog): RecordedArchive[] {
  const scope = { hosts: [host], application };
  const archives = catalog.history(scope, newest);
  return archives.length < newest || archives.some(isHeld) ? archives : catalog.history(scope);
}
