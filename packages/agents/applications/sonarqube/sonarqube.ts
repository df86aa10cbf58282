import { assembleApplication } from "../assemble.ts";
import type { ProductPlaces } from "../files/product-directories.ts";
import { findSelfContained } from "../files/self-contained.ts";
import type { ApplicationType, LocateRequest } from "../type.ts";
import { readDirectoryVersion, readProgramVersion, type VersionPlaces } from "../version/program.ts";
import { combineReadings } from "../version/readings.ts";
import { findSonarqubeDatabase } from "./sonarqube-database.ts";
import { sonarqubeSanityChecks } from "./sonarqube-sanity.ts";
import { readSonarqubeSettings } from "./sonarqube-settings.ts";
import { findSecretKey, secretKeyWarnings, sonarqubeData, sonarqubeTrees } from "./sonarqube-trees.ts";

/** SonarQube Server and Community Build. */
export const sonarqube: ApplicationType = {
  name: "sonarqube",
  title: "SonarQube",
  keys: ["home", "install", "database", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: sonarqubeSanityChecks,
};

const places: ProductPlaces = {
  title: "SonarQube",
  services: ["sonarqube", "sonar"],
  defaultInstalls: ["/opt/sonarqube", "/opt/sonarqube-*", "/opt/sonar", "/usr/local/sonarqube", "/usr/share/sonarqube"],
  defaultHomes: [],
  programs: ["web", "elasticsearch"],
  startScript: /^(.*)\/(?:bin\/[^/]+\/sonar\.sh|lib\/(?:sonar-application-[^/]+|sonarqube)\.jar)$/,
  homeProperties: [],
  homeVariables: [],
  installVariables: ["SONARQUBE_HOME", "SONAR_HOME"],
  scripts: [],
  initFiles: [],
  homeFiles: ["conf/sonar.properties", "extensions"],
  homeMayBeInstall: true,
};

const versionPlaces: VersionPlaces = {
  maven: [],
  libraries: [{ directory: "lib", prefix: "sonar-application-" }],
};

async function locate(request: LocateRequest) {
  const { name, host } = request;
  const { home, install, installProblem, unit } = await findSelfContained(places, request);
  const settings = await readSonarqubeSettings(host, home.path, unit);
  const directories = { home: home.path, install: install?.path, settings, unit };
  const secretKey = await findSecretKey(host, directories);
  return assembleApplication(sonarqube, request, {
    home,
    install,
    database: async () => findSonarqubeDatabase(settings, `applications.${name}.database`),
    trees: await sonarqubeTrees(host, directories, secretKey),
    warnings: await secretKeyWarnings(host, directories, secretKey),
    captureVersion: async () =>
      combineReadings(request, [
        await readProgramVersion(host, install?.path, versionPlaces, installProblem),
        await readDirectoryVersion(host, install?.path),
      ]),
    restoreNotes: (version) => [
      `Install SonarQube ${version}, the same version and edition, in \`${install?.path ?? home.path}\`, and leave it stopped. A newer version changes the database; an older one does not understand it.`,
      `Correct \`sonar.jdbc.url\`, user and password in \`${settings.path}\` if the database server is another one. The license of a commercial edition depends on the URL: ask the vendor for a new one if it changes.`,
      `Remove the search index of any earlier start, which does not fit this database: \`rm -rf ${sonarqubeData(directories)}/es*\``,
      `The key to encrypted settings belongs at \`${secretKey ?? "~/.sonar/sonar-secret.txt of the user that runs SonarQube"}\`, readable by that user alone, where the archive has one.`,
      `Give the files to the user that runs SonarQube: \`chown -R ${unit?.user ?? "sonarqube"}: ${home.path}\``,
      `Start SonarQube ${version}: it reads all projects into a new search index, which can take a while; pages are incomplete until then.`,
    ],
  });
}
