import { isAbsolute, join } from "node:path";
import { parseProperties } from "@catapullt/core/version/properties";
import type { Host } from "../host.ts";
import type { Found } from "../search.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import { serviceVariable } from "../service/variable.ts";
import { expandValue, type SettingValue } from "./setting-value.ts";

export interface KeycloakSettings {
  /** `keycloak.conf`, or the file that is given instead; it need not be there. */
  file: Found;
  hasFile: boolean;
  /** The value of an option such as `db-url`; undefined where it is absent or empty. */
  read(option: string): SettingValue | undefined;
}

export interface KeycloakSettingsRequest {
  home: string;
  unit: ServiceUnit | undefined;
  /** The file of the agent's configuration. */
  configFile: Found | undefined;
}

/** Reads Keycloak's settings as it does itself: its command line, then `KC_…` variables, then `keycloak.conf`. */
export async function readKeycloakSettings(
  host: Host,
  { home, unit, configFile }: KeycloakSettingsRequest,
): Promise<KeycloakSettings> {
  const file = configFile ?? namedFile() ?? { path: join(home, "conf/keycloak.conf"), source: "the usual place" };
  const text = await host.readText(file.path);
  const properties = parseProperties(text ?? "");
  const read = (option: string, within: readonly string[] = []): SettingValue | undefined => {
    if (within.includes(option)) return undefined;
    const found = inCommand(`--${option}`) ?? inEnvironment(option) ?? inFile(option);
    if (found === undefined) return undefined;
    return expandValue(found, (name) => {
      if (name === "kc.home.dir") return home;
      if (name.startsWith("kc.")) return read(name.slice("kc.".length), [...within, option])?.text;
      return serviceVariable(host, unit, name.replace(/^env\./, ""))?.value;
    });
  };
  return { file, hasFile: text !== undefined, read: (option) => read(option) };

  // `--db-url=VALUE` and `--db-url VALUE`.
  function inCommand(option: string): { text: string; source: string } | undefined {
    const words = unit?.command ?? [];
    const index = words.findLastIndex((word) => word === option || word.startsWith(`${option}=`));
    if (index < 0) return undefined;
    const value = words[index] === option ? words[index + 1] : words[index]?.slice(option.length + 1);
    return value ? { text: value, source: `${option} in ${unit?.path}` } : undefined;
  }

  function inEnvironment(option: string): { text: string; source: string } | undefined {
    const variable = serviceVariable(host, unit, `KC_${option.replaceAll("-", "_").toUpperCase()}`);
    return variable === undefined ? undefined : { text: variable.value, source: variable.source };
  }

  function inFile(option: string): { text: string; source: string } | undefined {
    const value = properties.get(option) ?? properties.get(`kc.${option}`);
    return value ? { text: value, source: file.path } : undefined;
  }

  function namedFile(): Found | undefined {
    const named = inCommand("--config-file") ?? inCommand("-cf") ?? inEnvironment("config-file");
    if (named === undefined) return undefined;
    return { path: isAbsolute(named.text) ? named.text : join(home, named.text), source: named.source };
  }
}
