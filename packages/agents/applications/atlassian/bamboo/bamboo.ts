import { join } from "node:path";
import { assembleApplication } from "../../assemble.ts";
import { findProductDirectories } from "../../files/product-directories.ts";
import type { ApplicationType, LocateRequest } from "../../type.ts";
import { readProgramVersion, type VersionPlaces } from "../../version/program.ts";
import { combineReadings } from "../../version/readings.ts";
import { findHibernateDatabase, readBuildNumber, readHibernateConfig } from "../hibernate-config.ts";
import { bambooConfigFile, bambooPlaces, findBambooData } from "./bamboo-directories.ts";
import { bambooSanityChecks } from "./bamboo-sanity.ts";
import { bambooTrees } from "./bamboo-trees.ts";

/** Atlassian Bamboo, Server and Data Center. */
export const bamboo: ApplicationType = {
  name: "bamboo",
  title: "Atlassian Bamboo",
  keys: ["home", "install", "database", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: bambooSanityChecks,
};

const webapps = ["atlassian-bamboo", "webapp"];

const versionPlaces: VersionPlaces = {
  maven: webapps.map((webapp) => `${webapp}/META-INF/maven/com.atlassian.bamboo/*/pom.properties`),
  libraries: webapps.map((webapp) => ({ directory: `${webapp}/WEB-INF/lib`, prefix: "atlassian-bamboo-*-" })),
};

async function locate(request: LocateRequest) {
  const { name, host } = request;
  const directories = await findProductDirectories(bambooPlaces, request);
  const { home, install, installProblem } = directories;
  const configFile = join(home.path, bambooConfigFile);
  const config = await readHibernateConfig(host, configFile);
  const { placeholders, ...data } = await findBambooData(host, directories, config);
  const { sharedHome, configuration, builds, artifacts } = data;
  return assembleApplication(bamboo, request, {
    home,
    install,
    evidence: [
      { what: "shared home", value: sharedHome.path, source: sharedHome.source },
      { what: "configuration", value: configuration.path, source: configuration.source },
    ],
    database: () =>
      findHibernateDatabase(host, config, {
        install: install?.path,
        placeholders,
        passwordKey: `applications.${name}.database.password`,
      }),
    trees: await bambooTrees(host, {
      home: home.path,
      sharedHome: sharedHome.path,
      configuration: configuration.path,
      builds: builds.path,
      artifacts: artifacts.path,
      install: install?.path,
    }),
    captureVersion: async () =>
      combineReadings(request, [
        await readProgramVersion(host, install?.path, versionPlaces, installProblem),
        await readBuildNumber(host, configFile),
      ]),
    restoreNotes: (version) => [
      `Install Bamboo ${version}, the same version, and leave it stopped. Home and database must come from this same archive.`,
      `Correct \`hibernate.connection.url\`, user and password in \`${configFile}\` if the database server is another one.`,
      `\`${join(configuration.path, "cipher")}\` is half of the key that opens the credentials in the database: without it they are lost.`,
      `Give the home to the user that runs Bamboo: \`chown -R bamboo: ${home.path}\` (shared home, builds and artifacts too where they lie elsewhere).`,
      `The files of \`install\` are those that administrators change in \`${install?.path ?? "/opt/atlassian/bamboo"}\`; \`bamboo-init.properties\` there must name the home.`,
      `Start Bamboo ${version}. For a copy beside the real one, disable its agents, notifications and triggers first: it starts to build.`,
    ],
  });
}
