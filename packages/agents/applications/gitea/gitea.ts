import { assembleApplication } from "../assemble.ts";
import type { ApplicationType, LocateRequest } from "../type.ts";
import { readConfiguredVersion } from "../version/configured.ts";
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

async function locate(request: LocateRequest) {
  const { name, settings, host } = request;
  const directories = await findGiteaDirectories(request);
  const { configFile, workPath, ini } = directories;
  const program = await findGiteaProgram(request, directories.unit);
  return assembleApplication(gitea, request, {
    home: workPath,
    install: program.found,
    evidence: [{ what: "configuration", value: configFile.path, source: configFile.source }],
    database: async () => findGiteaDatabase(directories),
    trees: giteaTrees(directories),
    warnings: [...remoteStorageWarnings(ini), ...(await consistencyWarnings())],
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
  });

  async function consistencyWarnings(): Promise<string[]> {
    if (!(await isGiteaRunning(host))) return [];
    return [
      `${name} is running: repositories that are pushed to during the backup may be newer than the database in it, or incomplete; the vendor calls a backup safe only while it is stopped (set \`applications.${name}.hooks\` to stop it before and start it after)`,
    ];
  }
}
