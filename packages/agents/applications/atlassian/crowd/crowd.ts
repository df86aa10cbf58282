import { join } from "node:path";
import { assembleApplication } from "../../assemble.ts";
import { customisationTree } from "../../files/customisations.ts";
import { findProductDirectories, firstExisting, type ProductPlaces } from "../../files/product-directories.ts";
import type { TreeDraft } from "../../files/trees.ts";
import type { ApplicationType, ExcludeRule, LocateRequest } from "../../type.ts";
import { readProgramVersion, type VersionPlaces } from "../../version/program.ts";
import { combineReadings } from "../../version/readings.ts";
import { findHibernateDatabase, readBuildNumber, readHibernateConfig } from "../hibernate-config.ts";
import { secretStoragePatterns } from "../secret-storage.ts";
import { crowdConfigFiles, crowdSanityChecks, crowdTomcat } from "./crowd-sanity.ts";

/** Atlassian Crowd, Server and Data Center. */
export const crowd: ApplicationType = {
  name: "crowd",
  title: "Atlassian Crowd",
  keys: ["home", "install", "database", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: crowdSanityChecks,
};

const places: ProductPlaces = {
  title: "Crowd",
  services: ["crowd"],
  defaultInstalls: ["/opt/atlassian/crowd"],
  defaultHomes: ["/var/atlassian/application-data/crowd", "/var/crowd-home"],
  programs: ["crowd-webapp/WEB-INF"],
  startScript: /\/(?:start_crowd|bin\/(?:startup|catalina))\.sh$/,
  homeProperties: ["crowd.home"],
  homeVariables: ["CROWD_HOME"],
  installVariables: ["CROWD_INSTALL_DIR", "CROWD_INSTALL"],
  scripts: ["apache-tomcat/bin/setenv.sh"],
  initFiles: ["crowd-webapp/WEB-INF/classes/crowd-init.properties"],
  homeFiles: crowdConfigFiles,
};

const versionPlaces: VersionPlaces = {
  maven: [],
  readme: "Atlassian Crowd",
  libraries: [{ directory: "crowd-webapp/WEB-INF/lib", prefix: "crowd-core-" }],
};

const rules: readonly ExcludeRule[] = [
  { pattern: "caches/**", reason: "caches: made anew" },
  { pattern: "bundled-plugins/**", reason: "Crowd makes them anew" },
  { pattern: "backups/**", reason: "Crowd's own XML backups" },
  { pattern: "database/**", reason: "the built-in database, which is not in use" },
  { pattern: "logs/**", reason: "logs" },
  { pattern: "analytics-logs/**", reason: "logs" },
];

const customisations = [
  "build.properties",
  "apache-tomcat/bin/setenv.sh",
  "apache-tomcat/conf/server.xml",
  "apache-tomcat/conf/Catalina/localhost/crowd.xml",
  "crowd-webapp/WEB-INF/classes/crowd-init.properties",
  "crowd-webapp/WEB-INF/classes/crowd.properties",
];

async function locate(request: LocateRequest) {
  const { name, host } = request;
  const { home, install, installProblem } = await findProductDirectories(places, request);
  const config = await readConfig();
  return assembleApplication(crowd, request, {
    home,
    install,
    evidence: [{ what: "configuration", value: config.path, source: "the usual place" }],
    database: () =>
      findHibernateDatabase(host, config, {
        install: crowdTomcat(install?.path),
        placeholders: { crowdHome: home.path },
        passwordKey: `applications.${name}.database.password`,
      }),
    trees: await trees(),
    captureVersion: async () =>
      combineReadings(request, [
        await readProgramVersion(host, install?.path, versionPlaces, installProblem),
        await readBuildNumber(host, config.path),
      ]),
    restoreNotes: (version) => [
      `Install Crowd ${version}, the same version, and leave it stopped. Home and database must come from this same archive.`,
      `Correct \`hibernate.connection.url\`, user and password in \`${config.path}\` if the database server is another one.`,
      `\`${join(home.path, "shared/keys")}\` opens the passwords of directories in the database: it must be back before the first start.`,
      `Give the home to the user that runs Crowd: \`chown -R crowd: ${home.path}\``,
      `The files of \`install\` are those that administrators change in \`${install?.path ?? "/opt/atlassian/crowd"}\`; \`crowd-init.properties\` there must name the home.`,
      `Start Crowd ${version}. The applications that log in through it keep passwords of their own in their \`crowd.properties\`; their addresses stand in Crowd.`,
    ],
  });

  async function readConfig() {
    const name = await firstExisting(host, home.path, crowdConfigFiles);
    return readHibernateConfig(host, join(home.path, name ?? "crowd.cfg.xml"));
  }

  async function trees(): Promise<TreeDraft[]> {
    const below = rules.map(({ pattern, reason }) => ({ pattern: `shared/${pattern}`, reason }));
    return [
      { label: "home", root: home.path, exclude: [...rules, ...below], keys: secretStoragePatterns("", "shared") },
      // Of a cluster it is another disk, linked or mounted.
      { label: "shared-home", root: join(home.path, "shared"), exclude: rules, keys: secretStoragePatterns("") },
      ...(await customisationTree(host, install?.path, customisations)),
    ];
  }
}
