import { dirname, isAbsolute, join } from "node:path";
import type { IniDocument } from "../configuration-files/go-ini.ts";
import { readGoIni } from "../configuration-files/go-ini-file.ts";
import { isInside } from "../files/trees.ts";
import type { Host } from "../host.ts";
import { type Candidate, type Found, findPlace } from "../search.ts";
import { findServiceUnit, type ServiceUnit } from "../service/systemd-unit.ts";
import type { LocateRequest } from "../type.ts";

export interface GiteaDirectories {
  configFile: Found;
  ini: IniDocument;
  unit: ServiceUnit | undefined;
  workPath: Found;
  /** `custom`: templates, public files, often app.ini itself. */
  customPath: string;
  /** `APP_DATA_PATH`: attachments, avatars, LFS, packages, keys. */
  dataPath: string;
  repositories: string;
}

const usualWorkPaths = ["/var/lib/gitea", "/var/lib/forgejo"];
const usualConfigFiles = [
  "/etc/gitea/app.ini",
  "/data/gitea/conf/app.ini",
  "/var/lib/gitea/custom/conf/app.ini",
  "/etc/forgejo/app.ini",
  "/var/lib/forgejo/custom/conf/app.ini",
];

/** Finds app.ini and reads from it where everything is, by the rules that Gitea itself follows. */
export async function findGiteaDirectories(request: LocateRequest): Promise<GiteaDirectories> {
  const { name, settings, host } = request;
  const unit = await findServiceUnit(host, [name, "gitea", "forgejo"]);
  const named = namedPaths(host, unit);
  const configFile = await findConfigFile(request, named);
  const ini = await readGoIni(host, configFile.path);
  const value = (section: string, key: string) => ini.get(section)?.get(key) || undefined;
  const workPath = await findPlace({
    what: "the work path of Gitea",
    key: `applications.${name}.home`,
    candidates: [
      { path: settings.home, source: `applications.${name}.home` },
      { path: value("", "WORK_PATH"), source: `WORK_PATH in ${configFile.path}` },
      named.workPath,
      { path: aboveCustom(configFile.path), source: `the place of ${configFile.path}` },
      ...usualWorkPaths.map((path): Candidate => ({ path, source: "the vendor's default", isGuess: true })),
    ],
    check: async (path) => ((await host.kind(path)) === "directory" ? undefined : "no such directory"),
  });
  const dataPath = below(workPath.path, value("server", "APP_DATA_PATH") ?? "data");
  return {
    configFile,
    ini,
    unit,
    workPath,
    customPath: named.customPath.path ?? customPathOf(configFile.path) ?? join(workPath.path, "custom"),
    dataPath,
    repositories: below(workPath.path, value("repository", "ROOT") ?? join(dataPath, "gitea-repositories")),
  };
}

/** A path of app.ini: relative ones start at the work path. */
export function below(workPath: string, path: string): string {
  return isAbsolute(path) ? path : join(workPath, path);
}

interface NamedPaths {
  configFile: Candidate;
  workPath: Candidate;
  customPath: Candidate;
}

// What the service's command line and environment name; the agent's own environment comes last.
function namedPaths(host: Host, unit: ServiceUnit | undefined): NamedPaths {
  const path = (options: readonly string[], suffix: string): Candidate => {
    const option = optionValue(unit?.command ?? [], options);
    if (option !== undefined) return { path: option, source: `${options[0]} in ${unit?.path}` };
    for (const variable of suffix === "" ? [] : [`GITEA_${suffix}`, `FORGEJO_${suffix}`]) {
      const inUnit = unit?.environment.get(variable);
      if (inUnit) return { path: inUnit, source: `${variable} in ${unit?.path}` };
      if (host.environment[variable]) return { path: host.environment[variable], source: `$${variable}` };
    }
    return { source: suffix === "" ? `${options[0]} of the service` : `$GITEA_${suffix}` };
  };
  return {
    configFile: path(["--config", "-c"], ""),
    workPath: path(["--work-path", "-w"], "WORK_DIR"),
    customPath: path(["--custom-path", "-C"], "CUSTOM"),
  };
}

function optionValue(words: readonly string[], options: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    const [option = "", ...value] = word.split("=");
    if (!options.includes(option)) continue;
    const path = value.length > 0 ? value.join("=") : words[index + 1];
    return path !== undefined && isAbsolute(path) ? path : undefined;
  }
  return undefined;
}

function findConfigFile({ name, settings, host }: LocateRequest, named: NamedPaths): Promise<Found> {
  const { home } = settings;
  const key = `applications.${name}`;
  const guess = (path: string | undefined, source: string): Candidate[] =>
    path === undefined ? [] : [{ path, source, isGuess: true }];
  const within = (base: string | undefined, ...rest: string[]) =>
    base === undefined ? undefined : join(base, ...rest);
  const service = [
    ...(named.configFile.path === undefined ? [] : [named.configFile]),
    ...guess(within(named.customPath.path, "conf/app.ini"), named.customPath.source),
    ...guess(within(named.workPath.path, "custom/conf/app.ini"), named.workPath.source),
  ];
  return findPlace({
    what: "app.ini of Gitea",
    key: `${key}.configFile`,
    candidates: [
      ...(settings.configFile === undefined ? [] : [{ path: settings.configFile, source: `${key}.configFile` }]),
      ...guess(within(home, "custom/conf/app.ini"), `${key}.home`),
      ...guess(within(home, "conf/app.ini"), `${key}.home`),
      ...service.map((candidate) => ({ ...candidate, isGuess: home !== undefined || candidate.isGuess === true })),
      ...usualConfigFiles.flatMap((path) => guess(path, "the vendor's default")),
    ],
    check: async (path) => {
      if ((await host.kind(path)) !== "file") return "no such file";
      if (home === undefined || path === settings.configFile || isInside(path, home)) return undefined;
      const workPath = (await readGoIni(host, path)).get("")?.get("WORK_PATH");
      return workPath === undefined || workPath === home ? undefined : `belongs to the work path ${workPath}`;
    },
  });
}

// `<custom>/conf/app.ini` is where app.ini is unless it was put elsewhere.
function customPathOf(configFile: string): string | undefined {
  return configFile.endsWith("/conf/app.ini") ? dirname(dirname(configFile)) : undefined;
}

function aboveCustom(configFile: string): string | undefined {
  const custom = customPathOf(configFile);
  if (custom === undefined) return undefined;
  return custom.endsWith("/custom") ? dirname(custom) : custom;
}
