import { assembleApplication } from "../assemble.ts";
import type { ApplicationType, LocateRequest } from "../type.ts";
import { combineReadings } from "../version/readings.ts";
import { blobStoreWarnings } from "./nexus-blob-stores.ts";
import { findBuiltInDatabase, findNexusDatabase } from "./nexus-database.ts";
import { findNexusPlaces } from "./nexus-directories.ts";
import { describeStale, exportsDirectory, findNewestExport, requireFreshExport } from "./nexus-exports.ts";
import { nexusRestoreNotes } from "./nexus-restore.ts";
import { nexusSanityChecks } from "./nexus-sanity.ts";
import { findSecretsFile, nexusTrees } from "./nexus-trees.ts";
import { readNexusVersions } from "./nexus-version.ts";

/** Sonatype Nexus Repository 3. */
export const nexus: ApplicationType = {
  name: "nexus",
  title: "Sonatype Nexus Repository 3",
  keys: ["home", "install", "database", "exports", "paths", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: nexusSanityChecks,
};

async function locate(request: LocateRequest) {
  const { name, settings, host } = request;
  const places = await findNexusPlaces(request);
  const { home, install, installProblem } = places;
  const exports = exportsDirectory(request, home.path);
  const paths = settings.paths ?? [];
  const builtIn = settings.database === undefined ? await findBuiltInDatabase(host, places) : undefined;
  const newest = builtIn === undefined ? undefined : await findNewestExport(host, exports);
  const exported = newest?.kind === builtIn ? newest : undefined;
  const stale = exported === undefined ? undefined : describeStale(exported, new Date());
  return assembleApplication(nexus, request, {
    home,
    install,
    evidence:
      exported === undefined
        ? []
        : [
            {
              what: "exported database",
              value: exported.files.join(", "),
              source: `the newest in ${exported.directory}`,
            },
          ],
    ...(exported === undefined ? { database: () => findNexusDatabase(host, places, { name, exports }) } : {}),
    trees: await nexusTrees(host, places, { exported, exports, paths }),
    consistency: exported === undefined ? undefined : requireFreshExport(exported),
    warnings: stale === undefined ? [] : [stale],
    async captureVersion(database, query) {
      const readings = await readNexusVersions(host, install?.path, { installProblem, exported });
      const saved = { application: name, home: home.path, roots: [home.path, ...paths] };
      const warnings =
        database === undefined || query === undefined ? [] : await blobStoreWarnings(query, database, saved);
      return combineReadings(request, readings, warnings);
    },
    restoreNotes: (version) =>
      nexusRestoreNotes({ version, home: home.path, exported, secretsFile: findSecretsFile(places)?.value }),
  });
}
