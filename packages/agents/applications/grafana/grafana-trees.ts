import { basename, dirname, isAbsolute, join } from "node:path";
import { parsePlainYaml, yamlMapping } from "@catapullt/core/config/plain-yaml";
import { OperationError } from "@catapullt/core/errors";
import { isInside, type TreeDraft } from "../files/trees.ts";
import type { Host } from "../host.ts";
import { filesByDirectory, serviceTrees } from "../service/trees.ts";
import type { ExcludeRule } from "../type.ts";
import type { GrafanaDirectories } from "./grafana-directories.ts";

const dataRules: readonly ExcludeRule[] = [
  { pattern: "log/**", reason: "logs" },
  { pattern: "png/**", reason: "rendered pictures: made anew" },
  { pattern: "csv/**", reason: "rendered tables: made anew" },
  { pattern: "pdf/**", reason: "rendered reports: made anew" },
  { pattern: "sessions/**", reason: "users log in again" },
  { pattern: "unified-search/**", reason: "search indexes: Grafana makes them anew" },
];

/** Settings that name a file, which may be anywhere. */
const fileSettings = [
  ["auth.ldap", "config_file"],
  ["server", "cert_file"],
  ["server", "cert_key"],
  ["database", "ca_cert_path"],
  ["database", "client_key_path"],
  ["database", "client_cert_path"],
  ["smtp", "cert_file"],
  ["smtp", "key_file"],
  ["enterprise", "license_path"],
] as const;

/** What to save; what lies inside another of these directories needs no tree of its own. With what could not be told. */
export async function grafanaTrees(
  host: Host,
  directories: GrafanaDirectories,
): Promise<{ trees: TreeDraft[]; warnings: string[] }> {
  const { configFile, data, plugins, provisioning, unit, settings } = directories;
  const named = fileSettings.flatMap(([section, key]) => settings.written(section, key)?.text ?? []);
  const secretKeyFiles = settings.valueFiles.filter(
    ({ section, key }) => `${section}.${key}` === "security.secret_key",
  );
  const others = [...named, ...settings.valueFiles.map(({ path }) => path)];
  const existing: string[] = [];
  for (const path of new Set(others)) if (isAbsolute(path) && (await host.kind(path)) === "file") existing.push(path);
  const config = configRoot(configFile.path, data.path);
  const keys = new Set(secretKeyFiles.map(({ path }) => path));
  const dashboards = await dashboardDirectories(host, provisioning);
  const trees = [
    { label: "data", root: data.path, exclude: dataRules },
    { label: "config", root: config },
    { label: "plugins", root: plugins },
    { label: "provisioning", root: provisioning },
    ...dashboards.found.map((root) => ({ label: "dashboards", root })),
    ...filesByDirectory(
      "settings",
      existing.filter((path) => !isInside(path, config)),
    ).map((tree) => ({
      ...tree,
      keys: tree.include?.filter((name) => keys.has(join(tree.root, name))) ?? [],
    })),
    ...serviceTrees(unit),
  ];
  return { trees, warnings: dashboards.warnings };
}

// `/etc/grafana` or `conf` is all Grafana's, with what else it reads there; any other directory may not be, or has the data too.
function configRoot(configFile: string, data: string): string {
  const directory = dirname(configFile);
  const isItsOwn = ["grafana", "conf"].includes(basename(directory)) && !isInside(data, directory);
  return isItsOwn ? directory : configFile;
}

/** Where provisioned dashboards lie, by the files that say so; one that cannot be read is a warning. */
async function dashboardDirectories(
  host: Host,
  provisioning: string,
): Promise<{ found: string[]; warnings: string[] }> {
  const directory = join(provisioning, "dashboards");
  const found: string[] = [];
  const warnings: string[] = [];
  for (const name of (await host.list(directory)) ?? []) {
    if (!/\.ya?ml$/.test(name)) continue;
    try {
      found.push(...(await readProviders(host, join(directory, name))));
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      warnings.push(
        `${error.message}: dashboards that it names are saved only where they lie in other directories of Grafana`,
      );
    }
  }
  return { found, warnings };
}

async function readProviders(host: Host, file: string): Promise<string[]> {
  const content = yamlMapping(parsePlainYaml((await host.readText(file)) ?? "", { file }));
  const providers = Array.isArray(content?.providers) ? content.providers : [];
  const paths = providers.map((provider) => {
    const options = yamlMapping(yamlMapping(provider)?.options);
    return options?.path ?? options?.folder;
  });
  return paths.filter((path) => typeof path === "string").filter(isAbsolute);
}
