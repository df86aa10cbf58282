import { dirname, isAbsolute, join } from "node:path";
import { isInside } from "../files/trees.ts";
import type { Host } from "../host.ts";
import { type Candidate, type Found, findPlace } from "../search.ts";
import { findOwnUnit } from "../service/own-unit.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import { serviceVariable } from "../service/variable.ts";
import type { LocateRequest } from "../type.ts";
import { type GrafanaSettings, readGrafanaSettings } from "./grafana-settings.ts";

export interface GrafanaDirectories {
  unit: ServiceUnit | undefined;
  /** The program files, where `conf/defaults.ini` lies. */
  install: Found | undefined;
  configFile: Found;
  settings: GrafanaSettings;
  /** `[paths] data`. */
  data: Found;
  plugins: string;
  provisioning: string;
}

const usualInstalls = ["/usr/share/grafana", "/opt/grafana"];
const packagedConfigFile = "/etc/grafana/grafana.ini";
const packagedData = "/var/lib/grafana";

/** Finds configuration, program files and data by the rules that Grafana and its packages follow. */
export async function findGrafanaDirectories(request: LocateRequest): Promise<GrafanaDirectories> {
  const { name, settings: given, host } = request;
  const unit = await findOwnUnit(request, ["grafana", "grafana-server"]);
  const install = await findInstall(request, unit);
  const configFile = await findConfigFile(request, { unit, install: install?.path });
  const settings = await readGrafanaSettings(host, { configFile: configFile.path, install: install?.path, unit });
  const path = (section: string, key: string): (Found & { isDefault: boolean }) | undefined => {
    const value = settings.written(section, key);
    if (value === undefined) return undefined;
    const { text, source, isDefault } = value;
    const base = install?.path ?? unit?.workingDirectory;
    if (isAbsolute(text)) return { path: text, source, isDefault };
    return base === undefined ? undefined : { path: join(base, text), source, isDefault };
  };
  const named = path("paths", "data");
  const isPackaged = install === undefined || !isInside(configFile.path, install.path);
  const guess = (guessed: string): Candidate => ({ path: guessed, source: "the vendor's default", isGuess: true });
  const data = await findPlace({
    what: "the data directory of Grafana",
    key: `applications.${name}.home`,
    candidates: [
      { path: given.home, source: `applications.${name}.home` },
      ...(named === undefined || named.isDefault ? [] : [named]),
      ...(isPackaged ? [guess(packagedData)] : []),
      ...(install === undefined ? [] : [guess(join(install.path, "data"))]),
    ],
    check: async (candidate) => ((await host.kind(candidate)) === "directory" ? undefined : "no such directory"),
  });
  return {
    unit,
    install,
    configFile,
    settings,
    data,
    plugins: path("paths", "plugins")?.path ?? join(data.path, "plugins"),
    provisioning: await findProvisioning(),
  };

  // The packages have it beside grafana.ini, which their command line says; so does a configuration that a unit does not name.
  async function findProvisioning(): Promise<string> {
    const named = path("paths", "provisioning");
    const beside = join(dirname(configFile.path), "provisioning");
    if (named === undefined) return beside;
    return named.isDefault && (await host.kind(beside)) === "directory" ? beside : named.path;
  }
}

async function findInstall(
  { name, settings, host }: LocateRequest,
  unit: ServiceUnit | undefined,
): Promise<Found | undefined> {
  const check = async (path: string) =>
    (await isInstall(host, path)) ? undefined : "no Grafana: there is no conf/defaults.ini in it";
  const key = `applications.${name}.install`;
  if (settings.install !== undefined) {
    const candidates = [{ path: settings.install, source: key }];
    return await findPlace({ what: "the program files of Grafana", key, candidates, check });
  }
  const variable = serviceVariable(host, unit, "GF_PATHS_HOME");
  const program = unit?.command[0];
  const places: Found[] = [
    ...optionPlaces(unit, "--homepath"),
    ...(variable === undefined ? [] : [{ path: variable.value, source: variable.source }]),
    ...[program === undefined ? undefined : dirname(dirname(program)), unit?.workingDirectory]
      .filter((path) => path !== undefined)
      .map((path) => ({ path, source: unit?.path ?? "" })),
    ...usualInstalls.map((path) => ({ path, source: "the vendor's default" })),
  ];
  for (const place of places) if (await isInstall(host, place.path)) return place;
  return undefined;
}

async function isInstall(host: Host, path: string): Promise<boolean> {
  return (await host.kind(join(path, "conf/defaults.ini"))) === "file";
}

// `--config=FILE` and `--config FILE`; relative ones are the service's own affair.
function optionPlaces(unit: ServiceUnit | undefined, option: string): Found[] {
  return (unit?.command ?? []).flatMap((word, index, words) => {
    const path =
      word === option ? (words[index + 1] ?? "") : word.startsWith(`${option}=`) ? word.slice(option.length + 1) : "";
    return isAbsolute(path) ? [{ path, source: `${option} in ${unit?.path}` }] : [];
  });
}

function findConfigFile(
  { name, settings, host }: LocateRequest,
  { unit, install }: { unit: ServiceUnit | undefined; install: string | undefined },
): Promise<Found> {
  const key = `applications.${name}.configFile`;
  const variable = serviceVariable(host, unit, "GF_PATHS_CONFIG");
  const guess = (path: string, source: string): Candidate => ({ path, source, isGuess: true });
  const ofInstall =
    install === undefined
      ? []
      : ["conf/custom.ini", "conf/defaults.ini"].map((file) => guess(join(install, file), "the program files"));
  const packaged = guess(packagedConfigFile, "the vendor's default");
  return findPlace({
    what: "the configuration of Grafana",
    key,
    candidates: [
      ...(settings.configFile === undefined ? [] : [{ path: settings.configFile, source: key }]),
      ...optionPlaces(unit, "--config"),
      ...(variable === undefined ? [] : [{ path: variable.value, source: variable.source }]),
      // A service that names no file reads that of its program files alone.
      ...(unit === undefined ? [packaged, ...ofInstall] : [...ofInstall, packaged]),
    ],
    check: async (path) => ((await host.kind(path)) === "file" ? undefined : "no such file"),
  });
}
