import { isAbsolute, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { readGoIni } from "../configuration-files/go-ini-file.ts";
import type { Host } from "../host.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import { serviceVariable } from "../service/variable.ts";

/** A value as it is written, before `$__file{…}` and its like are put in. */
export interface GrafanaValue {
  text: string;
  /** For people: `[paths] data in /etc/grafana/grafana.ini`. */
  source: string;
  /** True for what the vendor's defaults.ini says. */
  isDefault: boolean;
}

export interface GrafanaSettings {
  /** By the order that Grafana follows; empty values are none. */
  written(section: string, key: string): GrafanaValue | undefined;
  /** The value with files and variables put in. Throws `application-unreadable` for a file that is missing. */
  read(section: string, key: string): Promise<string | undefined>;
  /** The files that values are taken from (`$__file{…}` and `GF_…__FILE`), with the sections and keys that do. */
  valueFiles: readonly { path: string; section: string; key: string }[];
}

export interface GrafanaSources {
  configFile: string;
  install: string | undefined;
  unit: ServiceUnit | undefined;
}

/**
 * Reads Grafana's settings in the order of their strength: `cfg:section.key=` of the command line, `GF_SECTION_KEY` of the
 * service's environment, the configuration file, `cfg:default.section.key=`, the vendor's defaults.ini.
 */
export async function readGrafanaSettings(host: Host, sources: GrafanaSources): Promise<GrafanaSettings> {
  const { configFile, install, unit } = sources;
  const own = await readGoIni(host, configFile);
  const defaultsFile = install === undefined ? undefined : join(install, "conf/defaults.ini");
  const defaults =
    defaultsFile === undefined || defaultsFile === configFile ? undefined : await readGoIni(host, defaultsFile);

  function written(section: string, key: string): GrafanaValue | undefined {
    const found = (text: string | undefined, source: string, isDefault = false): GrafanaValue[] =>
      text ? [{ text, source, isDefault }] : [];
    const option = `cfg:${section}.${key}`;
    const variable = variableName(section, key);
    const inEnvironment = serviceVariable(host, unit, variable);
    const inFile = serviceVariable(host, unit, `${variable}__FILE`);
    const where = `[${section}] ${key} in`;
    return [
      ...found(optionValue(unit, option), `${option} in ${unit?.path}`),
      ...found(inEnvironment?.value, inEnvironment?.source ?? ""),
      ...found(inFile && `$__file{${inFile.value}}`, inFile?.source ?? ""),
      ...found(own.get(section)?.get(key), `${where} ${configFile}`, configFile.endsWith("/defaults.ini")),
      ...found(optionValue(unit, `cfg:default.${section}.${key}`), `cfg:default.${section}.${key} in ${unit?.path}`),
      ...found(defaults?.get(section)?.get(key), `${where} ${defaultsFile}`, true),
    ][0];
  }

  return {
    written,
    async read(section, key) {
      const value = written(section, key);
      return value === undefined ? undefined : await expand(host, unit, value);
    },
    valueFiles: [...own]
      .flatMap(([section, keys]) =>
        [...keys.keys()].flatMap((key) =>
          fileReferences(written(section, key)?.text ?? "").map((path) => ({ path, section, key })),
        ),
      )
      .concat(variableFiles(unit)),
  };
}

/** `[auth.ldap] config_file` is `GF_AUTH_LDAP_CONFIG_FILE`. */
function variableName(section: string, key: string): string {
  return `GF_${section}_${key}`.replace(/[.-]/g, "_").toUpperCase();
}

function optionValue(unit: ServiceUnit | undefined, option: string): string | undefined {
  const word = unit?.command.findLast((candidate) => candidate.startsWith(`${option}=`));
  return word?.slice(option.length + 1);
}

const reference = /\$(?:__(\w+))?\{([^}]+)\}/g;

function fileReferences(text: string): string[] {
  return [...text.matchAll(reference)].flatMap(([, kind, path = ""]) => (kind === "file" ? [path] : []));
}

// Which section and key a variable stands for cannot be told from its name alone, but for the one that is asked for.
function variableFiles(unit: ServiceUnit | undefined): { path: string; section: string; key: string }[] {
  return [...(unit?.environment ?? [])]
    .filter(([name, path]) => /^GF_\w+__FILE$/.test(name) && isAbsolute(path))
    .map(([name, path]) =>
      name === "GF_SECURITY_SECRET_KEY__FILE"
        ? { path, section: "security", key: "secret_key" }
        : { path, section: "", key: name },
    );
}

async function expand(host: Host, unit: ServiceUnit | undefined, { text, source }: GrafanaValue): Promise<string> {
  const parts: string[] = [];
  let end = 0;
  for (const match of text.matchAll(reference)) {
    const [whole, kind, name = ""] = match;
    parts.push(text.slice(end, match.index));
    end = match.index + whole.length;
    if (kind === undefined || kind === "env") parts.push(serviceVariable(host, unit, name)?.value ?? "");
    else if (kind === "file") parts.push(await readValueFile(host, name, source));
    else parts.push(whole);
  }
  return [...parts, text.slice(end)].join("");
}

async function readValueFile(host: Host, path: string, source: string): Promise<string> {
  const content = await host.readText(path);
  if (content !== undefined) return content.trim();
  throw new OperationError("application-unreadable", `${source} is to be read from ${path}, which does not exist`, {
    hint: "put the file back, or correct the setting; Grafana itself does not start like this",
  });
}
