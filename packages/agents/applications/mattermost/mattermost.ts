import { basename, join } from "node:path";
import { assembleApplication } from "../assemble.ts";
import type { ApplicationType, LocateRequest } from "../type.ts";
import { askVersion } from "../version/asked.ts";
import { combineReadings, type VersionReading } from "../version/readings.ts";
import { findMattermostDatabase } from "./mattermost-database.ts";
import { findMattermostDirectories } from "./mattermost-directories.ts";
import { mattermostSanityChecks } from "./mattermost-sanity.ts";
import { mattermostTrees, mattermostWarnings } from "./mattermost-trees.ts";

/** Mattermost, Team and Enterprise Edition. */
export const mattermost: ApplicationType = {
  name: "mattermost",
  title: "Mattermost",
  keys: ["home", "install", "configFile", "database", "maintenance"],
  requiredKeys: [],
  locate,
  sanityChecks: mattermostSanityChecks,
};

async function locate(request: LocateRequest) {
  const { name, settings, host } = request;
  const directories = await findMattermostDirectories(request);
  const { configFile, configDatabase, data, install, unit } = directories;
  const configuration = configFile ?? (configDatabase && { path: "in the database", source: configDatabase.source });
  return assembleApplication(mattermost, request, {
    home: data,
    install,
    evidence:
      configuration === undefined
        ? []
        : [{ what: "configuration", value: configuration.path, source: configuration.source }],
    database: async () => findMattermostDatabase(directories, `applications.${name}.database`),
    trees: await mattermostTrees(host, directories),
    warnings: [...mattermostWarnings(name, directories), ...(await runningWarnings())],
    captureVersion: async () => combineReadings(request, await readVersions()),
    restoreNotes: (version) => [
      `Install Mattermost ${version}, the same version, and leave it stopped. Database, data and configuration must come from this same archive.`,
      `\`AtRestEncryptKey\` in \`SqlSettings\` and \`PublicLinkSalt\` in \`FileSettings\` must be those of this archive: they stand in \`${configFile?.path ?? "the configuration, which is in the database"}\`, or in variables of the service. Correct \`DataSource\` there if the database server is another one.`,
      `Give the files to the user that runs Mattermost: \`chown -R ${unit?.user ?? "mattermost"}: ${[data?.path, install?.path].filter((path) => path !== undefined).join(" ") || "/opt/mattermost"}\``,
      `Start Mattermost ${version}. Elasticsearch and Bleve need their indexes made anew: System Console, Environment.`,
    ],
  });

  async function readVersions(): Promise<VersionReading[]> {
    const real = install === undefined ? undefined : ((await host.realPath(install.path)) ?? install.path);
    const place = install === undefined ? "program files, which were not found" : `the name of ${real}`;
    const named = /-(\d+\.\d+\.\d+)$/.exec(real ?? "")?.[1];
    const reading = { source: "name of the program files' directory", place, value: named };
    if (install === undefined) return [reading];
    const path = await host.findProgram(
      ["bin/mattermost", "bin/platform"].map((program) => join(install.path, program)),
    );
    const pattern = /^(?:Build )?Version:\s*v?(\d\S*)/im;
    return [
      await askVersion(host, { path, wanted: `bin/mattermost in ${install.path}`, args: ["version"], pattern }),
      reading,
    ];
  }

  async function runningWarnings(): Promise<string[]> {
    if (settings.maintenance?.enabled === false || settings.hooks.before.length > 0) return [];
    const processes = await host.processes();
    if (!processes.some(([program = ""]) => ["mattermost", "platform"].includes(basename(program)))) return [];
    return [
      `${name} is running: what is uploaded or deleted during the backup may be in only one of database and files; the vendor stops it for a clean copy (set \`applications.${name}.hooks\` to stop it before and start it after, or \`maintenance: { enabled: false }\`)`,
    ];
  }
}
