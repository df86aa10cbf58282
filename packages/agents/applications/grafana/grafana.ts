import { join } from "node:path";
import { assembleApplication } from "../assemble.ts";
import type { ApplicationType, LocateRequest } from "../type.ts";
import { askVersion } from "../version/asked.ts";
import { combineReadings, type VersionReading } from "../version/readings.ts";
import { findGrafanaDatabase } from "./grafana-database.ts";
import { findGrafanaDirectories, type GrafanaDirectories } from "./grafana-directories.ts";
import { grafanaSanityChecks } from "./grafana-sanity.ts";
import { grafanaTrees } from "./grafana-trees.ts";

/** Grafana, of its packages, its archive or its image. */
export const grafana: ApplicationType = {
  name: "grafana",
  title: "Grafana",
  keys: ["home", "install", "configFile", "database", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: grafanaSanityChecks,
};

async function locate(request: LocateRequest) {
  const { name, host } = request;
  const directories = await findGrafanaDirectories(request);
  const { configFile, data, install, settings, unit } = directories;
  const { trees, warnings } = await grafanaTrees(host, directories);
  return assembleApplication(grafana, request, {
    home: data,
    install,
    evidence: [{ what: "configuration", value: configFile.path, source: configFile.source }],
    database: () =>
      findGrafanaDatabase({
        settings,
        configFile: configFile.path,
        data: data.path,
        key: `applications.${name}.database`,
      }),
    trees,
    warnings: [...warnings, ...secretKeyWarnings(directories)],
    captureVersion: async () => combineReadings(request, await readVersions()),
    restoreNotes: (version) => [
      `Install Grafana ${version}: the same version, or a newer one, which changes the database at its first start. An older one does not understand it.`,
      `\`secret_key\` in \`[security]\` must be the one of this archive: without it no data source can log in. It stands in \`${configFile.path}\`, in the service's environment or in a file that these name; where nothing names it, it is Grafana's default.`,
      `Give the files to the user that runs Grafana: \`chown -R ${unit?.user ?? "grafana"}: ${data.path}\``,
      `Start Grafana ${version}. Plugins are in the archive; what is missing: \`grafana-cli --pluginsDir ${directories.plugins} plugins install <id>\``,
    ],
  });

  async function readVersions(): Promise<VersionReading[]> {
    if (install === undefined)
      return [{ source: "program files", place: "program files, which were not found", value: undefined }];
    const file = join(install.path, "VERSION");
    const value = (await host.readText(file))?.trim().replace(/^v/, "");
    const reading = { source: "program files", place: file, value: value === "" ? undefined : value };
    if (reading.value !== undefined) return [reading];
    const path = await host.findProgram(
      ["bin/grafana-server", "bin/grafana"].map((program) => join(install.path, program)),
    );
    return [
      reading,
      await askVersion(host, {
        path,
        wanted: `bin/grafana-server in ${install.path}`,
        args: ["-v"],
        pattern: /\bversion:?\s+v?(\d[^\s,]*)/i,
      }),
    ];
  }
}

function secretKeyWarnings({ settings, unit }: GrafanaDirectories): string[] {
  const value = settings.written("security", "secret_key");
  if (value === undefined) return [];
  if (/\$__(?!file|env)\w+\{/.test(value.text))
    return [
      `${value.source} is taken from a vault: keep that key too, nothing in this archive opens the secrets in the database`,
    ];
  const variable =
    /\$(?:__env)?\{(\w+)\}/.exec(value.text)?.[1] ?? (value.source.startsWith("$") ? value.source.slice(1) : undefined);
  if (variable === undefined || unit?.environment.has(variable)) return [];
  return [
    `the variable ${variable}, which holds Grafana's secret_key, is not in its unit: keep it too, nothing in this archive opens the secrets in the database`,
  ];
}
