import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../applications/host.ts";
import { applicationTypes } from "../applications/registry.ts";
import type { ApplicationTree, Evidence, LocatedApplication } from "../applications/type.ts";
import { knownApplicationNames, resolveApplication } from "../config/resolve.ts";
import type { AgentConfig } from "../config/schema.ts";
import type { DatabaseSettings } from "../databases/engine.ts";

/** One application that is configured on this host, or that could stand at its vendor's default paths. */
export interface ApplicationOverview {
  name: string;
  type: string;
  configured: boolean;
  found: boolean;
  home: string | undefined;
  install: string | undefined;
  version: string | undefined;
  databases: DatabaseOverview[];
  /** Directories and files that a backup saves; where `include` is not empty, only these below it. */
  trees: Pick<ApplicationTree, "label" | "root" | "include">[];
  evidence: Evidence[];
  warnings: string[];
  /** Why no backup can be made. */
  problem: Problem | undefined;
}

export type DatabaseOverview = Pick<
  DatabaseSettings,
  "engine" | "name" | "host" | "port" | "socket" | "user" | "file" | "container"
>;

export interface Problem {
  code: string;
  message: string;
  hint: string | undefined;
}

export interface Overview {
  applications: ApplicationOverview[];
  types: { name: string; title: string }[];
}

/**
 * Looks for the named applications, or for every one, without a connection to anything; what is wrong with one is part of its
 * entry. Throws `application-unknown`.
 */
export async function collectOverview(
  config: AgentConfig,
  host: Host,
  names: readonly string[] = [],
): Promise<Overview> {
  const applications: ApplicationOverview[] = [];
  for (const name of names.length === 0 ? knownApplicationNames(config) : names)
    applications.push(await look(config, name, host));
  return { applications, types: applicationTypes.map(({ name, title }) => ({ name, title })) };
}

async function look(config: AgentConfig, name: string, host: Host): Promise<ApplicationOverview> {
  const { type, settings } = resolveApplication(config, name);
  const entry = { name, type: type.name, configured: Object.hasOwn(config.applications, name) };
  const located = await attempt(() => type.locate({ name, settings, host }));
  if ("problem" in located) {
    const found = located.problem.code !== "application-not-found";
    return { ...entry, ...nothing, found, problem: located.problem };
  }
  const version = await attempt(async () => (await located.value.captureVersion()).value);
  return {
    ...entry,
    ...describe(located.value),
    found: true,
    version: "value" in version ? version.value : undefined,
    problem: "problem" in version ? version.problem : undefined,
  };
}

const nothing = {
  home: undefined,
  install: undefined,
  version: undefined,
  databases: [],
  trees: [],
  evidence: [],
  warnings: [],
};

function describe({ home, install, databases, trees, evidence, warnings }: LocatedApplication) {
  return {
    home,
    install,
    databases: databases.map(({ engine, name, host, port, socket, user, file, container }) => {
      return { engine, name, host, port, socket, user, file, container };
    }),
    trees: trees.map(({ label, root, include }) => ({ label, root, include })),
    evidence,
    warnings,
  };
}

async function attempt<T>(action: () => Promise<T>): Promise<{ value: T } | { problem: Problem }> {
  try {
    return { value: await action() };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { problem: { code: error.code, message: error.message, hint: error.hint } };
  }
}
