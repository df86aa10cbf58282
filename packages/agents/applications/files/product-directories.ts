import { dirname, join, resolve } from "node:path";
import { parseProperties } from "@catapullt/core/version/properties";
import { readShellSettings } from "../configuration-files/shell-settings.ts";
import type { Host } from "../host.ts";
import { type Candidate, type Found, findPlace } from "../search.ts";
import { findServiceUnit, programDirectory, type ServiceUnit } from "../service/systemd-unit.ts";
import type { LocateRequest } from "../type.ts";
import { isInside } from "./trees.ts";

/** Where one of the vendor's products usually stands, and what points to its home. Relative paths start at the installation. */
export interface ProductPlaces {
  title: string;
  /** The service's usual names, without `.service`. */
  services: readonly string[];
  /** Usual installations; a `*` at the end stands for the newest of several versions beside each other. */
  defaultInstalls: readonly string[];
  defaultHomes: readonly string[];
  /** What proves that a directory is an installation: one of them is enough. */
  programs: readonly string[];
  startScript: RegExp;
  /** Java properties that name the home. */
  homeProperties: readonly string[];
  homeVariables: readonly string[];
  installVariables: readonly string[];
  /** Scripts that may set these properties and variables. */
  scripts: readonly string[];
  /** Properties files that may name the home; their key is the first of the Java properties. */
  initFiles: readonly string[];
  /** What proves that a directory is a home: one of them is enough. */
  homeFiles: readonly string[];
  /** Whether the home is the installation itself where nothing names one. */
  homeMayBeInstall?: boolean | undefined;
  /** Whether the properties of the running process are asked too, as where only an administrator's shell sets them. */
  askProcess?: boolean | undefined;
}

export interface ProductDirectories {
  home: Found;
  /** Undefined where the program files are not on this host, or belong to another home. */
  install: Found | undefined;
  /** Why `install` is undefined. */
  installProblem: string | undefined;
  /** The service's unit, where there is one. */
  unit: ServiceUnit | undefined;
  /** The value of another Java property or variable, from the places that were read for the home. */
  setting(property: string, variable: string): Found | undefined;
}

/**
 * Finds home and program files. The home comes from the first of: configuration, Java property in a start script or in
 * the service's unit, environment variable, init file, the vendor's default paths. Program files at a path that nobody
 * named are used only if they do not belong to another home.
 */
export async function findProductDirectories(
  product: ProductPlaces,
  { name, settings, host }: LocateRequest,
): Promise<ProductDirectories> {
  const key = `applications.${name}`;
  const unit = await findServiceUnit(host, [name, ...product.services]);
  const candidate = await findInstall(product, { host, unit, configured: settings.install, key });
  const sources = await readSources(product, host, candidate.found?.path, unit);
  const pointers =
    candidate.found === undefined ? [] : await homePointers(product, host, candidate.found.path, sources);
  const home = await findPlace({
    what: `the home of ${product.title}`,
    key: `${key}.home`,
    candidates: [
      { path: settings.home, source: `${key}.home` },
      ...pointers,
      ...(candidate.found === undefined ? [{ source: "the program files", note: candidate.problem }] : []),
      ...(product.homeMayBeInstall === true && candidate.found !== undefined
        ? [{ path: candidate.found.path, source: "the program files", isGuess: true }]
        : []),
      ...product.defaultHomes.map((path) => ({ path, source: "the vendor's default", isGuess: true })),
    ],
    check: (path) => checkHome(product, host, path),
  });
  const pointed = pointers.find(({ path }) => path !== undefined)?.path;
  const isForeign =
    settings.install === undefined && pointed !== undefined && !(await isSamePlace(host, pointed, home.path));
  const setting = (property: string, variable: string) => {
    const named = [...propertyCandidates(property, sources), variableCandidate(variable, sources)];
    return named.flatMap(({ path, source }) => (path === undefined ? [] : [{ path, source }]))[0];
  };
  if (!isForeign) return { home, install: candidate.found, installProblem: candidate.problem, unit, setting };
  const problem = `${candidate.found?.path} belongs to the home ${pointed}`;
  return { home, install: undefined, installProblem: problem, unit: undefined, setting: () => undefined };
}

interface InstallSearch {
  host: Host;
  unit: ServiceUnit | undefined;
  configured: string | undefined;
  key: string;
}

async function findInstall(
  product: ProductPlaces,
  { host, unit, configured, key }: InstallSearch,
): Promise<{ found: Found | undefined; problem: string | undefined }> {
  const check = async (path: string) =>
    (await firstExisting(host, path, product.programs)) === undefined
      ? await describeMissing(host, path, product.programs.join(", nor "))
      : undefined;
  if (configured !== undefined) {
    const what = `the program files of ${product.title}`;
    const candidates = [{ path: configured, source: `${key}.install` }];
    return { found: await findPlace({ what, key: `${key}.install`, candidates, check }), problem: undefined };
  }
  const guesses = [
    { path: programDirectory(unit, product.startScript), source: unit?.path ?? "" },
    ...product.installVariables.flatMap((variable) => [
      { path: unit?.environment.get(variable), source: `${variable} in ${unit?.path}` },
      { path: host.environment[variable], source: `$${variable}` },
    ]),
    ...(await expandDefaults(host, product.defaultInstalls)).map((path) => ({ path, source: "the vendor's default" })),
  ];
  const problems: string[] = [];
  for (const { path, source } of guesses) {
    if (path === undefined || path === "") continue;
    const problem = await check(path);
    if (problem === undefined) return { found: { path, source }, problem: undefined };
    problems.push(`${path} (${source}) ${problem}`);
  }
  return { found: undefined, problem: problems.join("; ") };
}

async function expandDefaults(host: Host, paths: readonly string[]): Promise<string[]> {
  const expanded: string[] = [];
  for (const path of paths) {
    if (!path.endsWith("*")) expanded.push(path);
    else expanded.push(...(await versionsOf(host, path.slice(0, -1))));
  }
  return expanded;
}

async function versionsOf(host: Host, prefix: string): Promise<string[]> {
  const directory = dirname(`${prefix}x`);
  const paths = ((await host.list(directory)) ?? []).map((name) => join(directory, name));
  return paths
    .filter((path) => path.startsWith(prefix) && /^\d+(\.\d+)+/.test(path.slice(prefix.length)))
    .sort((one, other) => other.localeCompare(one, "en", { numeric: true }));
}

/** What may set Java properties and variables. */
interface Sources {
  scripts: { path: string; text: string | undefined }[];
  unit: ServiceUnit | undefined;
  environment: ReadonlyMap<string, string>;
  /** Where the programs are started, links followed: relative paths begin there. */
  directory: string;
  /** The words of the running process's command line. */
  process: readonly string[] | undefined;
}

async function readSources(
  { scripts, homeVariables, askProcess = false }: ProductPlaces,
  host: Host,
  install: string | undefined,
  unit: ServiceUnit | undefined,
): Promise<Sources> {
  const read: Sources["scripts"] = [];
  for (const path of install === undefined ? [] : scripts.map((name) => join(install, name)))
    read.push({ path, text: await host.readText(path) });
  const own = homeVariables.flatMap((variable) => definedVariable(host.environment, variable));
  const isOwn = (words: readonly string[]) => install !== undefined && words.some((word) => isInside(word, install));
  const process = askProcess ? (await host.processes()).find(isOwn) : undefined;
  const directory = (install === undefined ? undefined : await host.realPath(install)) ?? "/";
  return { scripts: read, unit, environment: new Map([...(unit?.environment ?? []), ...own]), directory, process };
}

async function homePointers(
  product: ProductPlaces,
  host: Host,
  install: string,
  sources: Sources,
): Promise<Candidate[]> {
  return [
    ...product.homeProperties.flatMap((property) => propertyCandidates(property, sources)),
    ...product.homeVariables.map((variable) => variableCandidate(variable, sources)),
    ...(await initFileCandidates(product, host, install)),
  ];
}

function propertyCandidates(
  property: string,
  { scripts, unit, environment, directory, process }: Sources,
): Candidate[] {
  const option = `-D${property}=`;
  const running = process?.find((word) => word.startsWith(option))?.slice(option.length);
  const inProcess =
    running === undefined
      ? []
      : [{ path: resolve(directory, running), source: `-D${property} of the running process` }];
  const inScripts = scripts.map(({ path, text }) => {
    const source = `-D${property} in ${path}`;
    if (text === undefined) return { source, note: "no such file" };
    return propertyCandidate(readShellSettings(text, environment).property(property), { source, directory });
  });
  if (unit === undefined) return [...inProcess, ...inScripts];
  const inUnit = readShellSettings(unitOptions(unit).join(" "), environment).property(property);
  return [
    ...inProcess,
    ...inScripts,
    propertyCandidate(inUnit, { source: `-D${property} in ${unit.path}`, directory }),
  ];
}

function variableCandidate(variable: string, { scripts, environment }: Sources): Candidate {
  const settings = readShellSettings(scripts.map(({ text }) => text ?? "").join("\n"), environment);
  // The scripts are delivered with an empty assignment.
  const path = settings.variable(variable) || environment.get(variable) || undefined;
  return { path, source: `the variable ${variable}` };
}

function unitOptions(unit: ServiceUnit): string[] {
  const variables = ["CATALINA_OPTS", "JAVA_OPTS", "JVM_SUPPORT_RECOMMENDED_ARGS", "INSTALL4J_ADD_VM_PARAMS"];
  return [...variables.map((variable) => unit.environment.get(variable) ?? ""), ...unit.command];
}

function definedVariable(environment: NodeJS.ProcessEnv, name: string): [string, string][] {
  const value = environment[name];
  return value === undefined ? [] : [[name, value]];
}

function propertyCandidate(
  property: { value: string; unresolved: string | undefined } | undefined,
  { source, directory }: { source: string; directory: string },
): Candidate {
  if (property?.unresolved === undefined)
    return { path: property?.value ? resolve(directory, property.value) : undefined, source };
  return { source, note: `refers to the variable ${property.unresolved}, whose value is not known here` };
}

// Of several, which are those of different releases, the first that exists is the one that is read.
async function initFileCandidates(product: ProductPlaces, host: Host, install: string): Promise<Candidate[]> {
  const [key = ""] = product.homeProperties;
  const file = (await firstExisting(host, install, product.initFiles)) ?? product.initFiles[0];
  if (file === undefined) return [];
  const path = join(install, file);
  const text = await host.readText(path);
  const source = `${key} in ${path}`;
  if (text === undefined) return [{ source, note: "no such file" }];
  return [{ path: parseProperties(text).get(key)?.trim() || undefined, source }];
}

async function checkHome({ homeFiles }: ProductPlaces, host: Host, path: string): Promise<string | undefined> {
  if ((await firstExisting(host, path, homeFiles)) !== undefined) return undefined;
  return describeMissing(host, path, homeFiles.join(", nor "));
}

/** The first of `names` that exists in a directory. */
export async function firstExisting(
  host: Host,
  directory: string,
  names: readonly string[],
): Promise<string | undefined> {
  for (const name of names) if ((await host.kind(join(directory, name))) !== undefined) return name;
  return undefined;
}

async function describeMissing(host: Host, directory: string, wanted: string): Promise<string> {
  const kind = await host.kind(directory);
  if (kind === undefined) return "does not exist";
  return kind === "directory" ? `has no ${wanted}` : "is no directory";
}

async function isSamePlace(host: Host, one: string, other: string): Promise<boolean> {
  const real = await host.realPath(one);
  return real !== undefined && real === (await host.realPath(other));
}
