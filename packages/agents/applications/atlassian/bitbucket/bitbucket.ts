import type { DatabaseSettings } from "../../../databases/engine.ts";
import { assembleApplication } from "../../assemble.ts";
import { definedVariables } from "../../configuration-files/defined-variables.ts";
import { findTable } from "../../database/find-table.ts";
import { findProductDirectories } from "../../files/product-directories.ts";
import type { ApplicationType, LocateRequest, Query } from "../../type.ts";
import { readDirectoryVersion, readProgramVersion } from "../../version/program.ts";
import { combineReadings } from "../../version/readings.ts";
import { findBitbucketDatabase } from "./bitbucket-database.ts";
import { bitbucketPlaces, findSharedHome, readBitbucketProperties, usualAddress } from "./bitbucket-directories.ts";
import { bitbucketRestoreNotes } from "./bitbucket-restore.ts";
import { bitbucketSanityChecks } from "./bitbucket-sanity.ts";
import { bitbucketTrees } from "./bitbucket-trees.ts";
import { bitbucketVersionPlaces } from "./bitbucket-version.ts";
import { bitbucketMaintenance } from "./maintenance.ts";

/** Atlassian Bitbucket, Server and Data Center, and Stash, as it was called before 4.0. */
export const bitbucket: ApplicationType = {
  name: "bitbucket",
  title: "Atlassian Bitbucket or Stash",
  keys: ["home", "install", "database", "maintenance", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: bitbucketSanityChecks,
};

async function locate(request: LocateRequest) {
  const { name, host } = request;
  const directories = await findProductDirectories(bitbucketPlaces, request);
  const { home, install, installProblem, unit } = directories;
  const sharedHome = await findSharedHome(host, directories);
  const config = await readBitbucketProperties(host, sharedHome.path);
  const places = { home: home.path, sharedHome: sharedHome.path, install: install?.path };
  const { consistency, warnings } = await bitbucketMaintenance(request, usualAddress(config));
  return assembleApplication(bitbucket, request, {
    home,
    install,
    evidence: [{ what: "shared home", value: sharedHome.path, source: sharedHome.source }],
    database: async () =>
      findBitbucketDatabase(config, {
        environments: [
          { variables: unit?.environment ?? new Map(), source: `JDBC_URL in ${unit?.path}` },
          { variables: definedVariables(host.environment), source: "$JDBC_URL" },
        ],
        install: install?.path,
        passwordKey: `applications.${name}.database.password`,
      }),
    trees: await bitbucketTrees(host, places),
    consistency,
    warnings,
    async captureVersion(database, query) {
      const program = await readProgramVersion(host, install?.path, bitbucketVersionPlaces, installProblem);
      const readings = [program, await readDirectoryVersion(host, install?.path)];
      return combineReadings(request, readings, await storeWarnings(name, database, query));
    },
    restoreNotes: (version) => bitbucketRestoreNotes({ ...places, version, config: config.path }),
  });
}

// Administrators can add directories for repositories, which only the database knows.
async function storeWarnings(
  name: string,
  database: DatabaseSettings | undefined,
  query: Query | undefined,
): Promise<string[]> {
  if (database === undefined || query === undefined) return [];
  const table = await findTable(query, database, "bb_data_store");
  if (table === undefined) return [];
  const [[stores = "0"] = []] = await query(database, `SELECT COUNT(*) FROM ${table}`);
  if (Number(stores) === 0) return [];
  return [
    `${name} has ${stores} further data stores for repositories: save their directories with an application of type generic, at rest together with this one`,
  ];
}
