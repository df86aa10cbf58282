import { join } from "node:path";
import { assembleApplication } from "../assemble.ts";
import { restByFlagFile } from "../configuration-files/php/flag-file.ts";
import { readPhpConfig } from "../configuration-files/php/php-config.ts";
import { toText } from "../configuration-files/php/value.ts";
import type { ApplicationType, LocateRequest } from "../type.ts";
import { combineReadings, type VersionReading } from "../version/readings.ts";
import { findWordpressDatabase } from "./wordpress-database.ts";
import { findWordpress, tablePrefix, wordpressVersionFile } from "./wordpress-directories.ts";
import { wordpressSanityChecks } from "./wordpress-sanity.ts";
import { maintenanceFlag, wordpressTrees } from "./wordpress-trees.ts";

/** WordPress, one site or many (multisite). */
export const wordpress: ApplicationType = {
  name: "wordpress",
  title: "WordPress",
  keys: ["home", "configFile", "database", "maintenance", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: wordpressSanityChecks,
};

async function locate(request: LocateRequest) {
  const { settings, host } = request;
  const places = await findWordpress(request);
  const { home, configFile, config, content, uploads } = places;
  const isMultisite = toText(config.constants.get("MULTISITE") ?? null) === "1";
  return assembleApplication(wordpress, request, {
    home,
    install: undefined,
    evidence: [
      { what: "configuration", value: configFile.path, source: configFile.source },
      { what: "content", value: content, source: sourceOf(config.constants.has("WP_CONTENT_DIR")) },
      { what: "uploads", value: uploads, source: sourceOf(config.constants.has("UPLOADS")) },
      { what: "table prefix", value: tablePrefix(config) ?? "not known", source: sourceOf(true) },
      ...(isMultisite ? [{ what: "sites", value: "several (multisite)", source: sourceOf(true) }] : []),
    ],
    database: () => findWordpressDatabase(request, places),
    trees: wordpressTrees(places),
    consistency:
      settings.maintenance?.enabled === true
        ? restByFlagFile({
            title: "maintenance mode",
            path: host.locate(join(home.path, maintenanceFlag)),
            content: "<?php $upgrading = time(); // backup-agent\n",
            meaning: "WordPress is being updated, or somebody has put it into maintenance mode",
          })
        : undefined,
    warnings: places.warnings,
    captureVersion: async () => combineReadings(request, [await readVersion()]),
    restoreNotes: (version, database) => [
      `\`site\` has the program files of WordPress ${version}; nothing has to be installed but web server, PHP and the database's server.`,
      `Correct \`DB_HOST\`, \`DB_NAME\`, \`DB_USER\` and \`DB_PASSWORD\` in \`${configFile.path}\` if the database is another one.`,
      ...(database?.engine === "sqlite"
        ? []
        : ["The tables keep their prefix, which stands in `$table_prefix` there."]),
      `Give the files to the user that PHP runs as: \`chown -R www-data: ${places.site}\` (uploads and content too where they lie elsewhere).`,
      `Under another address, let WP-CLI replace the old one, serialised values too: \`wp --path=${home.path} search-replace 'https://old.example.org' 'https://new.example.org' --all-tables${isMultisite ? " --network" : ""}\`${isMultisite ? ", and correct `DOMAIN_CURRENT_SITE`" : ""}. Never do that with sed.`,
      `Then \`wp --path=${home.path} cache flush\` and \`wp --path=${home.path} rewrite flush\`, or save Settings, Permalinks once.`,
    ],
  });

  function sourceOf(isSet: boolean): string {
    return isSet ? configFile.path : "the usual place";
  }

  async function readVersion(): Promise<VersionReading> {
    const place = join(home.path, wordpressVersionFile);
    const { variables } = await readPhpConfig(request, place);
    return { source: "program files", place, value: toText(variables.get("wp_version") ?? null) || undefined };
  }
}
