import { assembleApplication } from "../assemble.ts";
import { restByFlagFile } from "../configuration-files/php/flag-file.ts";
import { toText } from "../configuration-files/php/value.ts";
import type { ApplicationType, Consistency, LocateRequest } from "../type.ts";
import { combineReadings } from "../version/readings.ts";
import { elsewhereWarnings, findMediawikiDatabase } from "./mediawiki-database.ts";
import { findMediawiki, type MediawikiDirectories } from "./mediawiki-directories.ts";
import { mediawikiSanityChecks } from "./mediawiki-sanity.ts";
import { mediawikiTrees } from "./mediawiki-trees.ts";
import { readMediawikiVersions } from "./mediawiki-version.ts";

/** MediaWiki. */
export const mediawiki: ApplicationType = {
  name: "mediawiki",
  title: "MediaWiki",
  keys: ["home", "configFile", "database", "maintenance", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: mediawikiSanityChecks,
};

async function locate(request: LocateRequest) {
  const { host } = request;
  const places = await findMediawiki(request);
  const { home, configFile, config, uploads } = places;
  const { consistency, warnings } = readOnlyMode(request, places);
  return assembleApplication(mediawiki, request, {
    home,
    install: undefined,
    evidence: [
      { what: "configuration", value: configFile.path, source: configFile.source },
      {
        what: "uploads",
        value: uploads,
        source: config.variables.has("wgUploadDirectory") ? configFile.path : "the usual place",
      },
      {
        what: "table prefix",
        value: toText(config.variables.get("wgDBprefix") ?? "") || "none",
        source: configFile.path,
      },
    ],
    database: () => findMediawikiDatabase(request, places),
    trees: mediawikiTrees(places),
    consistency,
    warnings: [...places.warnings, ...elsewhereWarnings(config), ...warnings],
    captureVersion: async () => combineReadings(request, await readMediawikiVersions(host, home.path)),
    restoreNotes: (version, database) => [
      `\`wiki\` has the program files of MediaWiki ${version}; nothing has to be installed but web server, PHP and the database's server.`,
      `Correct \`$wgDBserver\`, \`$wgDBname\`, \`$wgDBuser\` and \`$wgDBpassword\` in \`${configFile.path}\` if the database is another one, and \`$wgServer\` if the address is. The tables keep their prefix (\`$wgDBprefix\`).`,
      ...(database?.engine === "sqlite"
        ? [
            "`wikicache.sqlite` and the like beside the database are caches that were copied while in use: remove one that is said to be malformed.",
          ]
        : []),
      `Give the uploads to the user that PHP runs as: \`chown -R www-data: ${uploads}\``,
      `After an update of the program files only: \`${maintenance(home.path, version, "update")}\``,
      `If the search finds nothing: \`${maintenance(home.path, version, "rebuildtextindex")}\`. Thumbnails and texts of the interface are made anew by themselves.`,
    ],
  });
}

// Since 1.40 all scripts are started by one.
function maintenance(home: string, version: string, script: string): string {
  const [, minor = "0"] = /^1\.(\d+)/.exec(version) ?? [];
  return `php ${home}/maintenance/${Number(minor) >= 40 ? `run.php ${script}` : `${script}.php`}`;
}

function readOnlyMode(
  { name, settings, host }: LocateRequest,
  { config, readOnlyFile }: MediawikiDirectories,
): { consistency: Consistency | undefined; warnings: string[] } {
  const key = `applications.${name}.maintenance`;
  const isReadOnly = Boolean(toText(config.variables.get("wgReadOnly") ?? null));
  if (settings.maintenance === undefined && !isReadOnly) {
    const warning = `${name} can be edited while it is saved, so that uploads during the backup may not fit the database: set \`${key}: {}\` to make it read-only meanwhile, or \`${key}: { enabled: false }\` to say nothing more of it`;
    return { consistency: undefined, warnings: [warning] };
  }
  if (isReadOnly || settings.maintenance?.enabled === false) return { consistency: undefined, warnings: [] };
  const consistency = restByFlagFile({
    title: "read-only mode",
    path: host.locate(readOnlyFile),
    content: "A backup is being made. Editing will be possible again in a few minutes.\n",
    meaning: "somebody else has made the wiki read-only",
  });
  return { consistency, warnings: [] };
}
