import { dirname, isAbsolute, join, resolve } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../host.ts";
import { type Candidate, type Found, findPlace } from "../search.ts";
import { findOwnUnit } from "../service/own-unit.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import { serviceVariable } from "../service/variable.ts";
import type { LocateRequest } from "../type.ts";

export interface MattermostSetting {
  text: string;
  source: string;
}

export interface MattermostDirectories {
  unit: ServiceUnit | undefined;
  /** The program files; undefined where they are not on this host. */
  install: Found | undefined;
  /** `config.json`; undefined where the configuration is in the database. */
  configFile: Found | undefined;
  /** `MM_CONFIG` where it leads to a database. */
  configDatabase: MattermostSetting | undefined;
  /** A setting as Mattermost has it: the variable `MM_SECTION_KEY`, else `config.json`. */
  setting(section: string, key: string): MattermostSetting | undefined;
  /** A setting that is a path, absolute. */
  path(section: string, key: string, usual: string): string | undefined;
  /** `FileSettings.Directory`; undefined where files are in object storage. */
  data: Found | undefined;
}

const usualInstalls = ["/opt/mattermost", "/mattermost"];
const programs = ["bin/mattermost", "bin/platform"];
const usualConfig = "config/config.json";

/** Finds program files, configuration and data by the rules that Mattermost follows. */
export async function findMattermostDirectories(request: LocateRequest): Promise<MattermostDirectories> {
  const { settings: given, host } = request;
  const unit = await findOwnUnit(request, ["mattermost"]);
  const install = await findInstall(request, unit);
  const named = serviceVariable(host, unit, "MM_CONFIG") ?? optionValue(unit, ["--config", "-c"]);
  const isDatabase = named !== undefined && /^(?:postgres|postgresql|mysql):\/\//i.test(named.value);
  const inDatabase = isDatabase && given.configFile === undefined;
  const base = unit?.workingDirectory ?? install?.path;
  const configFile = inDatabase ? undefined : await findConfigFile(request, { named, install: install?.path, base });
  const document = configFile === undefined ? {} : await readJson(host, configFile.path);

  const setting = (section: string, key: string): MattermostSetting | undefined => {
    const variable = serviceVariable(host, unit, `MM_${section}_${key}`.toUpperCase());
    if (variable !== undefined) return { text: variable.value, source: variable.source };
    const value = (document[section] as Record<string, unknown> | undefined)?.[key];
    return typeof value === "string" && value !== ""
      ? { text: value, source: `${section}.${key} in ${configFile?.path}` }
      : undefined;
  };
  const root = base ?? (configFile && dirname(dirname(configFile.path)));
  const path = (section: string, key: string, usual: string) => {
    const text = setting(section, key)?.text ?? usual;
    if (isAbsolute(text)) return resolve(text);
    return root === undefined ? undefined : resolve(root, text);
  };
  const directories = { unit, install, configFile, setting, path };
  return {
    ...directories,
    configDatabase: inDatabase ? { text: named.value, source: named.source } : undefined,
    data: isRemote(setting) && given.home === undefined ? undefined : await findData(request, directories),
  };
}

/** Whether files are in object storage instead of a directory of this host. */
export function isRemote(setting: MattermostDirectories["setting"]): boolean {
  return (setting("FileSettings", "DriverName")?.text ?? "local") !== "local";
}

async function findInstall(
  { name, settings, host }: LocateRequest,
  unit: ServiceUnit | undefined,
): Promise<Found | undefined> {
  const check = async (path: string) => {
    const kinds = await Promise.all(programs.map((program) => host.kind(join(path, program))));
    return kinds.includes("file") ? undefined : `no Mattermost: there is no ${programs[0]} in it`;
  };
  const key = `applications.${name}.install`;
  if (settings.install !== undefined) {
    const candidates = [{ path: settings.install, source: key }];
    return await findPlace({ what: "the program files of Mattermost", key, candidates, check });
  }
  const program = unit?.command.find((word) => /\/bin\/(?:mattermost|platform)$/.test(word));
  const places = [
    ...[program === undefined ? undefined : dirname(dirname(program)), unit?.workingDirectory]
      .filter((path) => path !== undefined)
      .map((path) => ({ path, source: unit?.path ?? "" })),
    ...usualInstalls.map((path) => ({ path, source: "the vendor's default" })),
  ];
  for (const place of places) if ((await check(place.path)) === undefined) return place;
  return undefined;
}

// `--config FILE` and `--config=FILE`.
function optionValue(
  unit: ServiceUnit | undefined,
  options: readonly string[],
): { value: string; source: string } | undefined {
  for (const [index, word] of (unit?.command ?? []).entries()) {
    const [option = "", ...rest] = word.split("=");
    const value = rest.length > 0 ? rest.join("=") : unit?.command[index + 1];
    if (options.includes(option) && value !== undefined) return { value, source: `${options[0]} in ${unit?.path}` };
  }
  return undefined;
}

interface ConfigSearch {
  named: { value: string; source: string } | undefined;
  install: string | undefined;
  /** Where relative paths start. */
  base: string | undefined;
}

async function findConfigFile({ name, settings, host }: LocateRequest, search: ConfigSearch): Promise<Found> {
  const { named, install, base } = search;
  const key = `applications.${name}.configFile`;
  const guess = (directory: string, source: string): Candidate => ({
    path: join(directory, usualConfig),
    source,
    isGuess: true,
  });
  return await findPlace({
    what: "config.json of Mattermost",
    key,
    candidates: [
      ...(settings.configFile === undefined ? [] : [{ path: settings.configFile, source: key }]),
      ...(named === undefined ? [] : [{ path: resolve(base ?? "/", named.value), source: named.source }]),
      ...(base === undefined ? [] : [guess(base, "the service's working directory")]),
      ...(install === undefined ? [] : [guess(install, "the program files")]),
      ...usualInstalls.map((path) => guess(path, "the vendor's default")),
    ],
    check: async (path) => ((await host.kind(path)) === "file" ? undefined : "no such file"),
  });
}

async function findData(
  { name, settings, host }: LocateRequest,
  { setting, path }: Pick<MattermostDirectories, "setting" | "path">,
): Promise<Found> {
  const key = `applications.${name}.home`;
  const named = setting("FileSettings", "Directory");
  return await findPlace({
    what: "the data directory of Mattermost",
    key,
    candidates: [
      { path: settings.home, source: key },
      { path: path("FileSettings", "Directory", "data"), source: named?.source ?? "the vendor's default" },
    ],
    check: async (candidate) => ((await host.kind(candidate)) === "directory" ? undefined : "no such directory"),
  });
}

async function readJson(host: Host, path: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse((await host.readText(path)) ?? "");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  // What the parser says quotes the text, which holds passwords.
  throw new OperationError("application-unreadable", `${path} is not a JSON object`, {
    hint: "correct the file, such as with `jq . FILE`; the application itself cannot read it like this either",
  });
}
