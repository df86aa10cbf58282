import type { CommandContext } from "@catapullt/core/cli/program";
import { OperationError } from "@catapullt/core/errors";
import type { ArchiverConfig } from "../config/schema.ts";
import { refuseUnknownHosts } from "../config/select-hosts.ts";
import { refuseUnknownApplication } from "../vault/select-application.ts";
import type { Vault } from "../vault/vault.ts";
import type { ApplicationId, Catalog, CatalogScope } from "./catalog.ts";
import { openCatalog } from "./open.ts";

/** What a command line names; everything where it names nothing. */
export interface Wanted {
  names: readonly string[];
  application: string | undefined;
}

export interface Selection {
  catalog: Catalog;
  /** What the vault holds or has held of that, by host and application. */
  applications: ApplicationId[];
}

interface Place {
  vault: Vault;
  config: ArchiverConfig;
  context: CommandContext;
}

/**
 * Opens the catalog for the backups that are wanted; hosts that nothing is left of but its record count too. Fails with
 * `host-unknown` and `application-unknown`.
 */
export async function openSelection(place: Place, wanted: Wanted): Promise<Selection> {
  const { names, application } = wanted;
  const held = await place.vault.hosts();
  const areHeld = names.every((name) => held.includes(name));
  const hosts = names.length === 0 ? undefined : names;
  const catalog = await open(place, areHeld ? { hosts, application } : {});
  try {
    const known = catalog.applications();
    refuseHosts(names, known, [...Object.keys(place.config.hosts), ...held]);
    const applications = selectApplications(known, wanted);
    if (application !== undefined && applications.length === 0) {
      const candidates = await applicationNames(place, names);
      refuseUnknownApplication(application, candidates);
    }
    return { catalog, applications };
  } catch (error) {
    catalog.close();
    throw error;
  }
}

function refuseHosts(names: readonly string[], known: readonly ApplicationId[], others: readonly string[]): void {
  const hosts = new Set([...others, ...known.map(({ host }) => host)]);
  const application = names.find((name) => !hosts.has(name) && known.some((id) => id.application === name));
  if (application !== undefined) {
    throw new OperationError("host-unknown", `no host is called ${JSON.stringify(application)}`, {
      hint: `that is an application: --application ${application}`,
    });
  }
  refuseUnknownHosts(names, [...hosts].sort());
}

function open({ vault, context }: Place, scope: CatalogScope): Promise<Catalog> {
  return openCatalog(vault, { log: context.log, signal: context.signal, scope });
}

async function applicationNames(place: Place, names: readonly string[]): Promise<string[]> {
  const catalog = await open(place, {});
  try {
    const known = [...catalog.applications(), ...expectedApplications(place.config)];
    return selectApplications(known, { names, application: undefined }).map(({ application }) => application);
  } finally {
    catalog.close();
  }
}

/** The applications that the configuration expects backups of. */
export function expectedApplications({ hosts }: Pick<ArchiverConfig, "hosts">): ApplicationId[] {
  return Object.entries(hosts).flatMap(([host, { expect }]) =>
    Object.keys(expect).map((application) => ({ host, application })),
  );
}

/** Those of the hosts and with the name that are wanted. */
export function selectApplications(ids: readonly ApplicationId[], { names, application }: Wanted): ApplicationId[] {
  return ids.filter(
    (id) =>
      (names.length === 0 || names.includes(id.host)) && (application === undefined || id.application === application),
  );
}
