import { join } from "node:path";
import { assembleApplication } from "../assemble.ts";
import type { ProductPlaces } from "../files/product-directories.ts";
import { findSelfContained } from "../files/self-contained.ts";
import type { ApplicationType, LocateRequest } from "../type.ts";
import { combineReadings } from "../version/readings.ts";
import { findKeycloakDatabase } from "./keycloak-database.ts";
import { keycloakSanityChecks } from "./keycloak-sanity.ts";
import { readKeycloakSettings } from "./keycloak-settings.ts";
import { keycloakTrees, wildflyTrees } from "./keycloak-trees.ts";
import { readKeycloakVersions, readModelVersion } from "./keycloak-version.ts";
import { findWildflyDatabase } from "./wildfly-database.ts";

/** Keycloak, on Quarkus (17 and newer) and on WildFly. */
export const keycloak: ApplicationType = {
  name: "keycloak",
  title: "Keycloak",
  keys: ["home", "install", "configFile", "database", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: keycloakSanityChecks,
};

const wildflyConfiguration = "standalone/configuration";

const places: ProductPlaces = {
  title: "Keycloak",
  services: ["keycloak"],
  defaultInstalls: [
    "/opt/keycloak",
    "/opt/keycloak-*",
    "/opt/keycloak/keycloak-*",
    "/opt/jboss/keycloak",
    "/usr/share/keycloak",
  ],
  defaultHomes: [],
  programs: ["bin/kc.sh", "bin/standalone.sh"],
  startScript: /\/bin\/(?:kc|standalone)\.sh$/,
  homeProperties: [],
  homeVariables: [],
  installVariables: ["KEYCLOAK_HOME", "KC_HOME"],
  scripts: [],
  initFiles: [],
  homeFiles: ["conf", wildflyConfiguration],
  homeMayBeInstall: true,
};

async function locate(request: LocateRequest) {
  const { name, settings: given, host } = request;
  const key = `applications.${name}`;
  const { home, install, installProblem, unit } = await findSelfContained(places, request);
  const isWildfly = (await host.kind(join(home.path, wildflyConfiguration))) === "directory";
  const configFile =
    given.configFile === undefined ? undefined : { path: given.configFile, source: `${key}.configFile` };
  const layout = isWildfly ? describeWildfly() : await describeQuarkus();
  return assembleApplication(keycloak, request, {
    home,
    install,
    evidence: [{ what: "configuration", value: layout.file.path, source: layout.file.source }],
    database: layout.database,
    trees: layout.trees,
    captureVersion: async (database, query) =>
      combineReadings(request, [
        ...(await readKeycloakVersions(host, install?.path, installProblem)),
        await readModelVersion(database, query),
      ]),
    restoreNotes: (version) => [
      `Install Keycloak ${version}, the same version, in \`${install?.path ?? home.path}\`, and leave it stopped. A newer version changes the database at its first start, and there is no way back but this archive.`,
      `Correct the options of the database in \`${layout.file.path}\` if its server is another one; options of the command line and \`KC_\` variables are stronger.`,
      `Give the files to the user that runs Keycloak: \`chown -R ${unit?.user ?? "keycloak"}: ${home.path}\``,
      ...(isWildfly
        ? []
        : [
            `Build it anew, with the providers of this archive and the options of the build that it had: \`${join(home.path, "bin/kc.sh")} build\``,
          ]),
      `Start Keycloak ${version}. Who was logged in logs in again; keys of realms are in the database.`,
    ],
  });

  async function describeQuarkus() {
    const settings = await readKeycloakSettings(host, { home: home.path, unit, configFile });
    return {
      file: settings.file,
      database: async () => findKeycloakDatabase(settings, `${key}.database`),
      trees: await keycloakTrees(host, { home: home.path, unit, settings }),
    };
  }

  function describeWildfly() {
    const usual = { path: join(home.path, wildflyConfiguration, serverConfiguration()), source: "the usual place" };
    const file = configFile ?? usual;
    return {
      file,
      database: () => findWildflyDatabase(host, { file: file.path, unit, key: `${key}.database` }),
      trees: wildflyTrees(home.path, unit),
    };
  }

  // `-c standalone-ha.xml` and `--server-config=standalone-ha.xml`.
  function serverConfiguration(): string {
    const line = (unit?.command ?? []).join(" ");
    return /(?:^|\s)(?:-c|--server-config)[ =](\S+\.xml)/.exec(line)?.[1] ?? "standalone.xml";
  }
}
