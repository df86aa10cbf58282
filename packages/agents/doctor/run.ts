import { hostname } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "@catapullt/core/cli/program";
import { type LoadedConfig, loadConfig } from "@catapullt/core/config/load";
import { OperationError } from "@catapullt/core/errors";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import { createHost } from "../applications/host.ts";
import type { LocatedApplication } from "../applications/type.ts";
import { knownApplicationNames, type ResolvedApplication, resolveApplication } from "../config/resolve.ts";
import { type AgentConfig, agentConfigDescription, defaultWorkDirectory } from "../config/schema.ts";
import type { Check, HostSubject } from "./check.ts";
import { type Finding, type FindingState, failure, failureOf, ok, warning, worst } from "./finding.ts";
import { type Candidate, chooseApplications } from "./plan.ts";
import { applicationChecks, hostChecks } from "./registry.ts";
import { sampleTrees } from "./tree-sample.ts";
import { within } from "./within.ts";

export interface Diagnosis {
  host: string;
  checkedAt: string;
  state: FindingState;
  /** This host first, then each application. */
  sections: Section[];
}

export interface Section {
  /** Null for what concerns the host as a whole. */
  application: string | null;
  /** For people: type and place. */
  title: string;
  state: FindingState;
  findings: (Finding & { check: string })[];
}

const locateLimit = 30_000;

/** Looks at all that tonight's backups need, and changes nothing. Throws `application-unknown` and what a wrong configuration throws. */
export async function diagnose(context: CommandContext, only: string | undefined): Promise<Diagnosis> {
  const { environment, log, signal } = context;
  const loaded = await loadConfig(agentConfigDescription, { file: context.configFile, environment });
  const subject = describeHost(loaded, { environment, log, signal, only });
  const names = only === undefined ? knownApplicationNames(loaded.config) : [only];
  const candidates: LocatedCandidate[] = [];
  for (const name of names) candidates.push(await locate(resolveApplication(loaded.config, name), subject, signal));
  const sections = [await examine({ application: null, title: "this host" }, hostChecks, subject, signal)];
  const chosen = chooseApplications(candidates, only);
  for (const candidate of chosen) sections.push(await examineApplication(candidate, subject, signal));
  if (chosen.length === 0) {
    const nothing = failure("no application is configured or found on this host", "run: backup-agent init");
    sections.push({
      application: null,
      title: "applications",
      state: "failure",
      findings: [{ check: "applications", ...nothing }],
    });
  }
  const state = worst(sections.map((section) => section.state));
  return { host: hostname(), checkedAt: subject.now.toISOString(), state, sections };
}

function describeHost(
  loaded: LoadedConfig<AgentConfig>,
  {
    environment,
    log,
    signal,
    only,
  }: Pick<CommandContext, "environment" | "log" | "signal"> & { only: string | undefined },
): HostSubject {
  const { config } = loaded;
  return {
    config,
    loaded,
    only,
    workDirectory: config.workDir ?? defaultWorkDirectory,
    stateDirectory: config.stateDir ?? defaultStateDirectory(environment),
    host: createHost({ environment, log, signal }),
    environment,
    log,
    now: new Date(),
  };
}

interface LocatedCandidate extends Candidate {
  application: ResolvedApplication;
  located: LocatedApplication | undefined;
  findings: Finding[];
}

async function locate(
  application: ResolvedApplication,
  { config, host }: HostSubject,
  signal: AbortSignal,
): Promise<LocatedCandidate> {
  const { name, type, settings } = application;
  const candidate = { name, application, configured: Object.hasOwn(config.applications, name) };
  try {
    const located = await within(locateLimit, signal, () => type.locate({ name, settings, host }));
    if (located === undefined) {
      const hung = failure(`it was not located within ${locateLimit / 1000} s`, "is a network file system gone?");
      return { ...candidate, found: true, located, findings: [hung] };
    }
    const place = located.home ?? located.trees.map(({ root }) => root).join(", ");
    const findings = [ok(place === "" ? type.title : place), ...located.warnings.map((text) => warning(text))];
    return { ...candidate, found: true, located, findings };
  } catch (error) {
    const found = !(error instanceof OperationError && error.code === "application-not-found");
    return { ...candidate, found, located: undefined, findings: [failureOf(error)] };
  }
}

async function examineApplication(
  { application, located, findings }: LocatedCandidate,
  host: HostSubject,
  signal: AbortSignal,
): Promise<Section> {
  const { name, type } = application;
  const heading = { application: name, title: name === type.name ? name : `${name} (${type.name})` };
  const first = findings.map((finding) => ({ check: "application", ...finding }));
  if (located === undefined) return { ...heading, state: worst(first.map(({ state }) => state)), findings: first };
  let sample: ReturnType<typeof sampleTrees> | undefined;
  const subject = {
    ...host,
    application,
    located,
    directory: join(host.workDirectory, name),
    sampleTrees() {
      sample ??= sampleTrees(located.trees, signal);
      return sample;
    },
  };
  const section = await examine(heading, applicationChecks, subject, signal);
  const all = [...first, ...section.findings];
  return { ...section, state: worst(all.map(({ state }) => state)), findings: all };
}

async function examine<Subject>(
  heading: Pick<Section, "application" | "title">,
  checks: readonly Check<Subject>[],
  subject: Subject,
  signal: AbortSignal,
): Promise<Section> {
  const findings: Section["findings"] = [];
  for (const check of checks)
    for (const finding of await ask(check, subject, signal)) findings.push({ check: check.name, ...finding });
  return { ...heading, state: worst(findings.map(({ state }) => state)), findings };
}

async function ask<Subject>(check: Check<Subject>, subject: Subject, signal: AbortSignal): Promise<Finding[]> {
  try {
    const findings = await within(check.limit, signal, (limited) => check.look(subject, limited));
    return findings ?? [failure(`no answer within ${check.limit / 1000} s`, "is a network file system gone?")];
  } catch (error) {
    signal.throwIfAborted();
    return [failureOf(error)];
  }
}
