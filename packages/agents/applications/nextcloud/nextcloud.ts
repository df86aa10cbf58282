import { assembleApplication } from "../assemble.ts";
import type { ApplicationType, LocateRequest } from "../type.ts";
import { findNextcloudDatabase } from "./nextcloud-database.ts";
import { findNextcloud } from "./nextcloud-directories.ts";
import { nextcloudMaintenance } from "./nextcloud-maintenance.ts";
import { nextcloudRestoreNotes } from "./nextcloud-restore.ts";
import { nextcloudSanityChecks } from "./nextcloud-sanity.ts";
import { nextcloudTrees } from "./nextcloud-trees.ts";
import { captureNextcloudVersion } from "./nextcloud-version.ts";

/** Nextcloud. */
export const nextcloud: ApplicationType = {
  name: "nextcloud",
  title: "Nextcloud",
  keys: ["home", "configFile", "database", "maintenance", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: nextcloudSanityChecks,
};

async function locate(request: LocateRequest) {
  const places = await findNextcloud(request);
  const { home, configFile, data } = places;
  const { consistency, warnings } = await nextcloudMaintenance(request, places);
  return assembleApplication(nextcloud, request, {
    home,
    install: undefined,
    evidence: [
      { what: "configuration", value: configFile.path, source: configFile.source },
      { what: "data", value: data.path, source: data.source },
    ],
    database: () => findNextcloudDatabase(request, places),
    trees: nextcloudTrees(places),
    consistency,
    warnings: [...places.warnings, ...warnings],
    captureVersion: () => captureNextcloudVersion(request, { home: home.path, path: configFile.path }),
    restoreNotes: (version) =>
      nextcloudRestoreNotes({
        version,
        home: home.path,
        configFile: configFile.path,
        data: data.path,
        isInMaintenance: consistency !== undefined,
      }),
  });
}
