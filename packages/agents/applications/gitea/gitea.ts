import { readConfiguredVersion } from "../configured-version.ts";
import { resolveDatabase } from "../database-settings.ts";
import { applyFileRules } from "../exclude-rules.ts";
import { completeTrees } from "../trees.ts";
import type { ApplicationType, Evidence, LocatedApplication, LocateRequest } from "../type.ts";
import { findGiteaDatabase } from "./gitea-database.ts";
import { findGiteaDirectories } from "./gitea-directories.ts";

import { findGiteaProgram, isGiteaRunning, readGiteaVersion } from "./gitea-program.ts";
import { giteaRestoreNotes } from "./gitea-restore.ts";
import { giteaSanityChecks } from "./gitea-sanity.ts";
import { giteaTrees, remoteStorageWarnings } from "./gitea-trees.ts";

/** Gitea and Forgejo. */
export const gitea: ApplicationType = {
  name: "gitea",
  title: "Gitea or Forgejo",
  keys: ["home", "install", "configFile", "database"],
  requiredKeys: [],
  locate,
  sanityChecks: giteaSanityChecks,
};

async function locate(request: LocateRequest): Promise<LocatedApplication> {
  const { name, settings, host } = request;
  const directories = await findGiteaDirectories(request);
  const { configFile, workPath, ini } = directories;
  const database = await resolveDatabase(async () => findGiteaDatabase(directories), {
    application: name,
    title: gitea.title,
    given: settings.database,
    environment: host.environment,
  });
  const { trees, warnings } = applyFileRules(
    await completeTrees(host, giteaTrees(directories, database.file)),
    settings.files,
  );
  const program = await findGiteaProgram(request, directories.unit);
  const evidence: Evidence[] = [
    { what: "configuration", value: configFile.path, source: configFile.source },
    { what: "work path", value: workPath.path, source: workPath.source },
    ...(program.found === undefined
      ? []
      : [{ what: "program", value: program.found.path, source: program.found.source }]),
  ];
  return {
    name,
    type: gitea.name,
    home: workPath.path,
    install: program.found?.path,
    evidence,
    databases: [database.file === undefined ? database : { ...database, file: host.locate(database.file) }],
    trees,
    warnings: [...warnings, ...remoteStorageWarnings(ini), ...(await consistencyWarnings())],
    async captureVersion() {
      const configured = await readConfiguredVersion(settings.version, host);
      const value = configured ?? (await readGiteaVersion(request, program));
      return {
        value,
        sources: [{ source: configured === undefined ? "program files" : "configuration", value }],
        warnings: [],
      };
    },
    restoreNotes: (version) =>
      giteaRestoreNotes({
        version,
        configFile: configFile.path,
        workPath: workPath.path,
        repositories: directories.repositories,
        runUser: ini.get("")?.get("RUN_USER") || "git",
        program: program.found?.path ?? "gitea",
      }),
  };

  async function consistencyWarnings(): Promise<string[]> {
    if (!(await isGiteaRunning(host))) return [];
    return [
      `${name} is running: repositories that are pushed to during the backup may be newer than the database in it, or incomplete; the vendor calls a backup safe only while it is stopped (set \`applications.${name}.hooks\` to stop it before and start it after)`,
    ];
  }
}
