import { join } from "node:path";
import { parseProperties } from "@catapullt/core/version/properties";
import { definedVariables } from "../configuration-files/defined-variables.ts";
import { readShellSettings } from "../configuration-files/shell-settings.ts";
import { findProductDirectories, type ProductDirectories, type ProductPlaces } from "../files/product-directories.ts";
import type { Host } from "../host.ts";
import type { LocateRequest } from "../type.ts";

const places: ProductPlaces = {
  title: "Nexus",
  services: ["nexus", "nexus3", "nexus-repository-manager"],
  defaultInstalls: ["/opt/nexus", "/opt/sonatype/nexus", "/opt/nexus-*", "/opt/sonatype/nexus-*", "/usr/local/nexus"],
  defaultHomes: [
    "/opt/sonatype-work/nexus3",
    "/opt/sonatype/sonatype-work/nexus3",
    "/nexus-data",
    "/var/lib/nexus3",
    "/usr/local/sonatype-work/nexus3",
  ],
  programs: ["bin/nexus.vmoptions", "bin/nexus"],
  startScript: /\/bin\/nexus$/,
  homeProperties: ["karaf.data"],
  homeVariables: ["NEXUS_DATA"],
  installVariables: ["NEXUS_HOME"],
  scripts: ["bin/nexus.vmoptions"],
  initFiles: [],
  homeFiles: ["etc/nexus.properties", "etc/fabric/nexus-store.properties", "keystores", "db", "blobs"],
  askProcess: true,
};

/** A setting and where it stands. */
export interface NexusSetting {
  value: string;
  source: string;
}

export interface NexusPlaces extends ProductDirectories {
  /** One of Nexus's own settings: from the environment of service or agent, Java's options, `nexus.properties`, `nexus-store.properties`. */
  read(names: SettingNames): NexusSetting | undefined;
}

export interface SettingNames {
  variable: string;
  /** In Java's options and in `nexus.properties`. */
  property: string;
  /** In `nexus-store.properties`. */
  storeProperty?: string;
}

/** Finds data directory and program files, and reads the properties of both. */
export async function findNexusPlaces(request: LocateRequest): Promise<NexusPlaces> {
  const { host } = request;
  const directories = await findProductDirectories(places, request);
  const { home, install, unit } = directories;
  const environments = [
    { variables: unit?.environment ?? new Map<string, string>(), source: ` in ${unit?.path}` },
    { variables: definedVariables(host.environment), source: " of the agent's environment" },
  ];
  const options = [
    ...environments.map(({ variables, source }) => ({
      text: variables.get("INSTALL4J_ADD_VM_PARAMS") ?? "",
      source: `INSTALL4J_ADD_VM_PARAMS${source}`,
    })),
    ...(install === undefined ? [] : [await readOptions(host, join(install.path, "bin/nexus.vmoptions"))]),
  ];
  const own = await readFile(host, join(home.path, "etc/nexus.properties"));
  const store = await readFile(host, join(home.path, "etc/fabric/nexus-store.properties"));
  return {
    ...directories,
    read({ variable, property, storeProperty = property }) {
      const candidates: NexusSetting[] = [
        ...environments.map(({ variables, source }) => ({
          value: variables.get(variable) ?? "",
          source: `${variable}${source}`,
        })),
        ...options.map(({ text, source }) => ({
          value: readShellSettings(text, new Map()).property(property)?.value.replaceAll("\\:", ":") ?? "",
          source: `-D${property} in ${source}`,
        })),
        { value: own.properties.get(property)?.trim() ?? "", source: own.path },
        { value: store.properties.get(storeProperty)?.trim() ?? "", source: store.path },
      ];
      return candidates.find(({ value }) => value !== "");
    },
  };
}

async function readOptions(host: Host, path: string) {
  return { text: (await host.readText(path)) ?? "", source: path };
}

async function readFile(host: Host, path: string) {
  return { path, properties: parseProperties((await host.readText(path)) ?? "") };
}
