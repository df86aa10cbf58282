import { join } from "node:path";
import { assembleApplication } from "../assemble.ts";
import { findProductDirectories, type ProductPlaces } from "../files/product-directories.ts";
import { findUserHome } from "../files/user-home.ts";
import type { Host } from "../host.ts";
import { findServiceUnit } from "../service/systemd-unit.ts";
import type { ApplicationType, LocateRequest } from "../type.ts";
import { combineReadings } from "../version/readings.ts";
import { findTeamcityDatabase } from "./teamcity-database.ts";
import { teamcitySanityChecks } from "./teamcity-sanity.ts";
import { teamcityTrees } from "./teamcity-trees.ts";
import { readTeamcityVersion } from "./teamcity-version.ts";

/** The server of JetBrains TeamCity. */
export const teamcity: ApplicationType = {
  name: "teamcity",
  title: "TeamCity",
  keys: ["home", "install", "database", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: teamcitySanityChecks,
};

const places: ProductPlaces = {
  title: "TeamCity",
  services: ["teamcity", "teamcity-server"],
  defaultInstalls: ["/opt/teamcity", "/opt/TeamCity", "/opt/jetbrains/teamcity", "/opt/JetBrains/TeamCity"],
  defaultHomes: ["/data/teamcity_server/datadir"],
  programs: ["webapps/ROOT/WEB-INF"],
  startScript: /\/bin\/(?:teamcity-server|runAll|startup|catalina)\.sh$/,
  homeProperties: ["teamcity.data.path"],
  homeVariables: ["TEAMCITY_DATA_PATH"],
  installVariables: ["TEAMCITY_HOME", "TEAMCITY_DIST"],
  scripts: ["bin/teamcity-setenv.sh", "bin/setenv.sh"],
  initFiles: ["conf/teamcity-startup.properties"],
  homeFiles: ["config/main-config.xml", "config/database.properties", "config/projects"],
};

async function locate(request: LocateRequest) {
  const { name, host } = request;
  const usual = await findUsualHomes(host, [name, ...places.services]);
  const product = { ...places, defaultHomes: [...usual, ...places.defaultHomes] };
  const { home, install, installProblem, unit } = await findProductDirectories(product, request);
  return assembleApplication(teamcity, request, {
    home,
    install,
    database: () => findTeamcityDatabase(host, { home: home.path, unit, key: `applications.${name}.database` }),
    trees: await teamcityTrees(host, { home: home.path, install: install?.path, unit }),
    captureVersion: async () =>
      combineReadings(request, await readTeamcityVersion(host, install?.path, installProblem)),
    restoreNotes: (version) => [
      `Install TeamCity ${version}, the same version, and leave it stopped. Data directory and database must come from this same archive.`,
      `Let it find its data: \`teamcity.data.path\` in \`${join(install?.path ?? "/opt/teamcity", "conf/teamcity-startup.properties")}\`, or the variable \`TEAMCITY_DATA_PATH=${home.path}\`.`,
      `Correct \`connectionUrl\`, user and password in \`${join(home.path, "config/database.properties")}\` if the database server is another one.`,
      `Remove what an earlier start left of its caches: \`rm -rf ${join(home.path, "system/caches")}\``,
      `Give the data to the user that runs TeamCity: \`chown -R ${unit?.user ?? "teamcity"}: ${home.path}\``,
      `Where newer artifacts than the database are in \`${join(home.path, "system/artifacts")}\`, move them away: TeamCity gives new builds the numbers (ids) of theirs.`,
      `Start TeamCity ${version}. For a copy beside the real one, do so without a network first: it polls repositories, starts builds and sends notifications.`,
    ],
  });
}

// `.BuildServer` in the home of the user that runs it.
async function findUsualHomes(host: Host, services: readonly string[]): Promise<string[]> {
  const unit = await findServiceUnit(host, services);
  const users = unit === undefined ? ["teamcity", "root"] : [unit.user ?? "root"];
  const userHome = await findUserHome(host, users);
  return userHome === undefined ? [] : [join(userHome, ".BuildServer")];
}
