import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { readPhpEnvironment } from "../configuration-files/php/environment.ts";
import { knownPath, type PhpConfig, readPhpConfig } from "../configuration-files/php/php-config.ts";
import { findWebApplication } from "../configuration-files/php/web-roots.ts";
import { requireDirectory } from "../files/require-directory.ts";
import { type Found, findPlace } from "../search.ts";
import type { LocateRequest } from "../type.ts";

export interface MediawikiDirectories {
  /** The program files: `$IP`. */
  home: Found;
  configFile: Found;
  config: PhpConfig;
  /** `$wgUploadDirectory`: `images`. */
  uploads: string;
  /** `$wgDeletedDirectory`: files of deleted pages, which can be taken back. */
  deleted: string;
  /** `$wgCacheDirectory`; undefined where it is in the database. */
  cache: string | undefined;
  /** `$wgSQLiteDataDir`. */
  sqliteData: string | undefined;
  /** `$wgReadOnlyFile`: while it is there nobody can edit. */
  readOnlyFile: string;
  warnings: string[];
}

/** Of every release; relative to the program files. */
export const mediawikiDefines = "includes/Defines.php";

/** Finds program files, LocalSettings.php and what that moves. Throws `application-not-found` or `application-unreadable`. */
export async function findMediawiki(request: LocateRequest): Promise<MediawikiDirectories> {
  const { home, warnings } = await findWebApplication(request, {
    title: "MediaWiki",
    mark: mediawikiDefines,
    usual: ["/var/lib/mediawiki", "/var/www/mediawiki", "/usr/share/mediawiki", "/srv/mediawiki"],
  });
  const configFile = await findConfigFile(request, home.path);
  const config = await readPhpConfig(request, configFile.path, {
    variables: { IP: home.path },
    constants: { MEDIAWIKI: true, MW_INSTALL_PATH: home.path },
  });
  const path = (name: string) => knownPath(request, config.variables.get(name), `$${name}`);
  const uploads = path("wgUploadDirectory") ?? join(home.path, "images");
  if (config.variables.has("wgUploadDirectory"))
    await requireDirectory(request.host, { path: uploads, source: `$wgUploadDirectory in ${config.path}` });
  return {
    home,
    configFile,
    config,
    uploads,
    deleted: path("wgDeletedDirectory") ?? join(uploads, "deleted"),
    cache: path("wgCacheDirectory"),
    sqliteData: path("wgSQLiteDataDir"),
    readOnlyFile: path("wgReadOnlyFile") ?? join(uploads, "lock_yBgMBwiR"),
    warnings: [...warnings, ...config.warnings],
  };
}

async function findConfigFile({ name, settings, host }: LocateRequest, home: string): Promise<Found> {
  const { variables } = await readPhpEnvironment(host);
  const named = variables.get("MW_CONFIG_FILE");
  const found = await findPlace({
    what: "LocalSettings.php of MediaWiki",
    key: `applications.${name}.configFile`,
    candidates: [
      ...(settings.configFile === undefined
        ? []
        : [{ path: settings.configFile, source: `applications.${name}.configFile` }]),
      ...(named === undefined ? [] : [{ path: named, source: "MW_CONFIG_FILE in the environment of PHP" }]),
      { path: join(home, "LocalSettings.php"), source: "the usual place", isGuess: true },
    ],
    check: async (path) => ((await host.kind(path)) === "file" ? undefined : "no such file; is the wiki set up?"),
  });
  if (!/\.(?:ya?ml|json)$/.test(found.path)) return found;
  throw new OperationError(
    "application-unreadable",
    `${found.path} is not written in PHP, and not read by this release`,
    {
      hint: `set \`applications.${name}.configFile\` to a LocalSettings.php that has \`$wgDBtype\`, \`$wgDBname\` and the like, and that only the agent uses`,
    },
  );
}
