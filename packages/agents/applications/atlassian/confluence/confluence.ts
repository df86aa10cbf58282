import { join } from "node:path";
import { assembleApplication } from "../../assemble.ts";
import { findProductDirectories } from "../../files/product-directories.ts";
import type { ApplicationType, LocateRequest } from "../../type.ts";
import { readConfiguredVersion } from "../../version/configured.ts";
import { readProgramVersion } from "../../version/program.ts";
import { findHibernateDatabase, readHibernateConfig } from "../hibernate-config.ts";
import { confluenceConfigFile, confluencePlaces, findDataDirectories } from "./confluence-directories.ts";
import { confluenceRestoreNotes } from "./confluence-restore.ts";
import { confluenceSanityChecks } from "./confluence-sanity.ts";
import { confluenceTrees } from "./confluence-trees.ts";
import { combineVersions, confluenceVersionPlaces, readDatabaseBuild } from "./confluence-version.ts";

/** Atlassian Confluence, Server and Data Center. */
export const confluence: ApplicationType = {
  name: "confluence",
  title: "Atlassian Confluence",
  keys: ["home", "install", "database", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: confluenceSanityChecks,
};

async function locate(request: LocateRequest) {
  const { name, settings, host } = request;
  const { home, install, installProblem } = await findProductDirectories(confluencePlaces, request);
  const configFile = join(home.path, confluenceConfigFile);
  const config = await readHibernateConfig(host, configFile);
  const directories = await findDataDirectories(host, home.path, config);
  const { sharedHome, attachments } = directories;
  return assembleApplication(confluence, request, {
    home,
    install,
    evidence: [
      { what: "shared home", value: sharedHome.path, source: sharedHome.source },
      { what: "attachments", value: attachments.path, source: attachments.source },
    ],
    database: () =>
      findHibernateDatabase(host, config, {
        install: install?.path,
        placeholders: directories.placeholders,
        passwordKey: `applications.${name}.database.password`,
      }),
    trees: await confluenceTrees(host, {
      home: home.path,
      sharedHome: sharedHome.path,
      attachments: attachments.path,
      install: install?.path,
    }),
    async captureVersion(database, query) {
      const program = await readProgramVersion(host, install?.path, confluenceVersionPlaces, installProblem);
      const current = await readHibernateConfig(host, configFile);
      const databaseBuild =
        query === undefined || database === undefined
          ? undefined
          : ((await readDatabaseBuild(query, database)) ?? null);
      const configured = await readConfiguredVersion(settings.version, host);
      return combineVersions({ name, configured, program, homeBuild: current.buildNumber, databaseBuild });
    },
    restoreNotes: (version, database) =>
      confluenceRestoreNotes({ version, home: home.path, install: install?.path, engine: database?.engine }),
  });
}
