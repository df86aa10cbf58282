import { join } from "node:path";
import { assembleApplication } from "../../assemble.ts";
import { linkedDirectories } from "../../files/linked-directories.ts";
import { findProductDirectories, type ProductPlaces } from "../../files/product-directories.ts";
import type { ApplicationType, ExcludeRule, LocateRequest } from "../../type.ts";
import { readDirectoryVersion, readProgramVersion, type VersionPlaces } from "../../version/program.ts";
import { combineReadings } from "../../version/readings.ts";
import { findFisheyeDatabase, fisheyeConfigFile } from "./fisheye-database.ts";
import { fisheyeSanityChecks } from "./fisheye-sanity.ts";

/** Atlassian Fisheye and Crucible: one program. */
export const fisheye: ApplicationType = {
  name: "fisheye",
  title: "Atlassian Fisheye or Crucible",
  keys: ["home", "install", "database"],
  requiredKeys: [],
  locate,
  sanityChecks: fisheyeSanityChecks,
};

const places: ProductPlaces = {
  title: "Fisheye",
  services: ["fisheye", "crucible", "fecru"],
  defaultInstalls: [
    "/opt/atlassian/fisheye",
    "/opt/atlassian/crucible",
    "/opt/atlassian/fecru",
    "/opt/fecru-*",
    "/opt/atlassian/fecru-*",
  ],
  defaultHomes: ["/var/atlassian/application-data/fisheye", "/var/atlassian/application-data/crucible"],
  programs: ["fisheyeboot.jar"],
  startScript: /\/bin\/(?:start|run|fisheyectl)\.sh$/,
  homeProperties: ["fisheye.inst"],
  homeVariables: ["FISHEYE_INST"],
  installVariables: ["FISHEYE_HOME"],
  scripts: [],
  initFiles: [],
  homeFiles: [fisheyeConfigFile],
  homeMayBeInstall: true,
  askProcess: true,
};

const versionPlaces: VersionPlaces = {
  maven: [],
  libraries: [{ directory: "lib", prefix: "fisheye-" }],
};

const rules: readonly ExcludeRule[] = [
  { pattern: "backup/**", reason: "Fisheye's own backups" },
  { pattern: "cache/**", reason: "what was read from the repositories: read anew" },
  { pattern: "var/cache/**", reason: "what was read from the repositories: read anew" },
  { pattern: "var/log/**", reason: "logs" },
  { pattern: "var/osgi-cache/**", reason: "unpacked apps: made anew" },
  { pattern: "var/tmp/**", reason: "temporary files" },
];

async function locate(request: LocateRequest) {
  const { name, host } = request;
  const { home, install, installProblem } = await findProductDirectories(places, request);
  const passwordKey = `applications.${name}.database.password`;
  const options = { home: home.path, install: install?.path, passwordKey };
  return assembleApplication(fisheye, request, {
    home,
    install,
    database: () => findFisheyeDatabase(host, options),
    trees: [
      { label: "home", root: home.path, exclude: rules },
      ...(await linkedDirectories(host, join(home.path, "var"), ["data", "plugins"])),
    ],
    captureVersion: async () =>
      combineReadings(request, [
        await readProgramVersion(host, install?.path, versionPlaces, installProblem),
        await readDirectoryVersion(host, install?.path),
      ]),
    restoreNotes: (version) => [
      `Install Fisheye or Crucible ${version}, the same version, and leave it stopped. Home and database must come from this same archive.`,
      `Correct URL, user and password of \`<database>\` in \`${join(home.path, fisheyeConfigFile)}\` if the database server is another one.`,
      `Give the home to the user that runs Fisheye, and let \`FISHEYE_INST=${home.path}\` be in its environment where that is not the directory of the program files.`,
      `Start Fisheye ${version}: it reads all repositories anew, which can take hours.`,
    ],
  });
}
