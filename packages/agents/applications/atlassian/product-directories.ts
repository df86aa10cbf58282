import { join } from "node:path";
import { parseProperties } from "@catapullt/core/version/properties";
import type { Host } from "../host.ts";
import { type Candidate, type Found, findPlace } from "../search.ts";
import { readShellSettings } from "../shell-settings.ts";
import { programDirectory, readServiceUnit, type ServiceUnit } from "../systemd-unit.ts";
import type { LocateRequest } from "../type.ts";

/** Where one of the vendor's products usually stands, and what points to its home. */
export interface ProductPlaces {
  title: string;
  /** The service's usual name, without `.service`. */
  service: string;
  defaultInstall: string;
  defaultHome: string;
  /** The web application's directory in the installation, which proves that it is one. */
  webapp: string;
  startScript: RegExp;
  /** The Java property and the environment variable that name the home. */
  homeProperty: string;
  homeVariable: string;
  installVariable: string;
  /** The file in the installation that names the home, and its key. */
  initFile: string;
  /** The file that proves that a directory is a home. */
  homeFile: string;
}

export interface ProductDirectories {
  home: Found;
  /** Undefined where the program files are not on this host, or belong to another home. */
  install: Found | undefined;
  /** Why `install` is undefined. */
  installProblem: string | undefined;
}

/**
 * Finds home and program files. The home comes from the first of: configuration, Java property in `bin/setenv.sh` or in
 * the service's unit, environment variable, init file, the vendor's default path. Program files at a path that nobody
 * named are used only if they do not belong to another home.
 */
export async function findProductDirectories(
  product: ProductPlaces,
  { name, settings, host }: LocateRequest,
): Promise<ProductDirectories> {
  const key = `applications.${name}`;
  const unit = (await readServiceUnit(host, name)) ?? (await readServiceUnit(host, product.service));
  const candidate = await findInstall(product, { host, unit, configured: settings.install, key });
  const pointers = candidate.found === undefined ? [] : await homePointers(product, host, candidate.found.path, unit);
  const home = await findPlace({
    what: `the home of ${product.title}`,
    key: `${key}.home`,
    candidates: [
      { path: settings.home, source: `${key}.home` },
      ...pointers,
      ...(candidate.found === undefined ? [{ source: "the program files", note: candidate.problem }] : []),
      { path: product.defaultHome, source: "the vendor's default", isGuess: true },
    ],
    check: (path) => checkHome(product, host, path),
  });
  const pointed = pointers.find(({ path }) => path !== undefined)?.path;
  const isForeign =
    settings.install === undefined && pointed !== undefined && !(await isSamePlace(host, pointed, home.path));
  if (!isForeign) return { home, install: candidate.found, installProblem: candidate.problem };
  const problem = `${candidate.found?.path} belongs to the home ${pointed}`;
  return { home, install: undefined, installProblem: problem };
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
    (await host.kind(join(path, product.webapp))) === "directory"
      ? undefined
      : await describeMissing(host, path, `${product.webapp}/`);
  if (configured !== undefined) {
    const what = `the program files of ${product.title}`;
    const candidates = [{ path: configured, source: `${key}.install` }];
    return { found: await findPlace({ what, key: `${key}.install`, candidates, check }), problem: undefined };
  }
  const guesses = [
    { path: programDirectory(unit, product.startScript), source: unit?.path ?? "" },
    { path: unit?.environment.get(product.installVariable), source: `${product.installVariable} in ${unit?.path}` },
    { path: host.environment[product.installVariable], source: `$${product.installVariable}` },
    { path: product.defaultInstall, source: "the vendor's default" },
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

async function homePointers(
  product: ProductPlaces,
  host: Host,
  install: string,
  unit: ServiceUnit | undefined,
): Promise<Candidate[]> {
  const { homeProperty, homeVariable } = product;
  const option = `-D${homeProperty}`;
  const environment = new Map([...(unit?.environment ?? []), ...definedVariables(host.environment, homeVariable)]);
  const setenv = join(install, "bin", "setenv.sh");
  const script = await host.readText(setenv);
  const unitOptions = ["CATALINA_OPTS", "JAVA_OPTS", "JVM_SUPPORT_RECOMMENDED_ARGS"]
    .map((variable) => unit?.environment.get(variable) ?? "")
    .concat(unit?.command ?? []);
  const settings = readShellSettings(script ?? "", environment);
  return [
    script === undefined
      ? { source: `${option} in ${setenv}`, note: "no such file" }
      : propertyCandidate(settings.property(homeProperty), `${option} in ${setenv}`),
    ...(unit === undefined
      ? []
      : [
          propertyCandidate(
            readShellSettings(unitOptions.join(" "), environment).property(homeProperty),
            `${option} in ${unit.path}`,
          ),
        ]),
    { path: settings.variable(homeVariable) || undefined, source: `the variable ${homeVariable}` },
    await initFileCandidate(host, join(install, product.initFile), homeProperty),
  ];
}

function definedVariables(environment: NodeJS.ProcessEnv, name: string): [string, string][] {
  const value = environment[name];
  return value === undefined ? [] : [[name, value]];
}

function propertyCandidate(
  property: { value: string; unresolved: string | undefined } | undefined,
  source: string,
): Candidate {
  if (property?.unresolved === undefined) return { path: property?.value || undefined, source };
  return { source, note: `refers to the variable ${property.unresolved}, whose value is not known here` };
}

async function initFileCandidate(host: Host, file: string, key: string): Promise<Candidate> {
  const text = await host.readText(file);
  const source = `${key} in ${file}`;
  if (text === undefined) return { source, note: "no such file" };
  return { path: parseProperties(text).get(key)?.trim() || undefined, source };
}

async function checkHome({ homeFile }: ProductPlaces, host: Host, path: string): Promise<string | undefined> {
  if ((await host.kind(join(path, homeFile))) === "file") return undefined;
  return describeMissing(host, path, homeFile);
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
