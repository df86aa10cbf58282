import { join } from "node:path";
import { readConfiguredVersion } from "../configured-version.ts";
import { resolveDatabase } from "../database-settings.ts";
import { applyFileRules } from "../exclude-rules.ts";
import { completeTrees } from "../trees.ts";
import type { ApplicationType, Evidence, LocatedApplication, LocateRequest } from "../type.ts";
import { confluencePlaces, findDataDirectories } from "./confluence-directories.ts";
import { confluenceRestoreNotes } from "./confluence-restore.ts";
import { confluenceSanityChecks } from "./confluence-sanity.ts";
import { confluenceTrees } from "./confluence-trees.ts";
import { combineVersions, readDatabaseBuild, readProgramVersion } from "./confluence-version.ts";
import { findHibernateDatabase, readHibernateConfig } from "./hibernate-config.ts";
import { findProductDirectories } from "./product-directories.ts";

/** Atlassian Confluence, Server and Data Center. */
export const confluence: ApplicationType = {
  name: "confluence",
  title: "Atlassian Confluence",
  keys: ["home", "install", "database"],
  requiredKeys: [],
  locate,
  sanityChecks: confluenceSanityChecks,
};

async function locate(request: LocateRequest): Promise<LocatedApplication> {
  const { name, settings, host } = request;
  const { home, install, installProblem } = await findProductDirectories(confluencePlaces, request);
  const configFile = join(home.path, confluencePlaces.homeFile);
  const config = await readHibernateConfig(host, configFile);
  const directories = await findDataDirectories(host, home.path, config);
  const database = await resolveDatabase(
    () =>
      findHibernateDatabase(host, config, {
        install: install?.path,
        placeholders: directories.placeholders,
        passwordKey: `applications.${name}.database.password`,
      }),
    { application: name, title: confluencePlaces.title, given: settings.database, environment: host.environment },
  );
  const drafts = await confluenceTrees(host, {
    home: home.path,
    sharedHome: directories.sharedHome.path,
    attachments: directories.attachments.path,
    install: install?.path,
  });
  const { trees, warnings } = applyFileRules(await completeTrees(host, drafts), settings.files);
  const evidence: Evidence[] = [
    { what: "home", value: home.path, source: home.source },
    ...(install === undefined ? [] : [{ what: "program files", value: install.path, source: install.source }]),
    { what: "shared home", value: directories.sharedHome.path, source: directories.sharedHome.source },
    { what: "attachments", value: directories.attachments.path, source: directories.attachments.source },
  ];
  return {
    name,
    type: confluence.name,
    home: home.path,
    install: install?.path,
    evidence,
    databases: [database],
    trees,
    warnings,
    async captureVersion(query) {
      const program =
        install === undefined ? { tried: [installProblem ?? ""] } : await readProgramVersion(host, install.path);
      const current = await readHibernateConfig(host, configFile);
      const databaseBuild = query === undefined ? undefined : ((await readDatabaseBuild(query, database)) ?? null);
      const configured = await readConfiguredVersion(settings.version, host);
      return combineVersions({ name, configured, program, homeBuild: current.buildNumber, databaseBuild });
    },
    restoreNotes: (version) =>
      confluenceRestoreNotes({ version, home: home.path, install: install?.path, engine: database.engine }),
  };
}
