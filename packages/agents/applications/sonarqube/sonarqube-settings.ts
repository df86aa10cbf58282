import { join } from "node:path";
import { parseProperties } from "@catapullt/core/version/properties";
import type { Host } from "../host.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import { serviceVariable } from "../service/variable.ts";

export interface SonarqubeValue {
  /** Without blanks at its ends, which SonarQube removes too; `${env:NAME}` put in. */
  text: string;
  /** For people: `/opt/sonarqube/conf/sonar.properties`. */
  source: string;
  /** Variables that it refers to and that are not known here. */
  unknown: readonly string[];
}

export interface SonarqubeSettings {
  /** `sonar.properties`, which need not be there. */
  path: string;
  hasFile: boolean;
  /** The value of a property; undefined where it is absent or empty. */
  read(key: string): SonarqubeValue | undefined;
  /** Whether a value of the file is encrypted with the secret key. */
  hasEncryptedValues: boolean;
}

/** Reads SonarQube's settings as it does itself: its command line, then `SONAR_…` variables, then `conf/sonar.properties`. */
export async function readSonarqubeSettings(
  host: Host,
  home: string,
  unit: ServiceUnit | undefined,
): Promise<SonarqubeSettings> {
  const path = join(home, "conf/sonar.properties");
  const text = await host.readText(path);
  const properties = parseProperties(text ?? "");
  return {
    path,
    hasFile: text !== undefined,
    read(key) {
      const found = inCommand(key) ?? inEnvironment(key) ?? { value: properties.get(key), source: path };
      const value = found.value?.trim();
      if (!value) return undefined;
      const unknown: string[] = [];
      const replaced = value.replace(/\$\{env:([^}]*)\}/g, (placeholder, name: string) => {
        const variable = serviceVariable(host, unit, name)?.value;
        if (variable === undefined) unknown.push(name);
        return variable ?? placeholder;
      });
      return { text: replaced, source: found.source, unknown };
    },
    hasEncryptedValues: [...properties.values()].some((value) => /^\s*\{aes/i.test(value)),
  };

  function inCommand(key: string): { value: string; source: string } | undefined {
    const option = `-D${key}=`;
    const word = unit?.command.findLast((candidate) => candidate.startsWith(option));
    return word === undefined
      ? undefined
      : { value: word.slice(option.length), source: `${option.slice(0, -1)} in ${unit?.path}` };
  }

  function inEnvironment(key: string): { value: string; source: string } | undefined {
    return serviceVariable(host, unit, key.replace(/[.-]/g, "_").toUpperCase());
  }
}
