import { basename, dirname, join } from "node:path";
import { knownPath, type PhpConfig, readPhpConfig } from "../configuration-files/php/php-config.ts";
import { PhpUnknown, toText } from "../configuration-files/php/value.ts";
import { findWebApplication } from "../configuration-files/php/web-roots.ts";
import { requireDirectory } from "../files/require-directory.ts";
import { type Found, findPlace } from "../search.ts";
import type { LocateRequest } from "../type.ts";

export interface WordpressDirectories {
  /** The program files: `ABSPATH`. */
  home: Found;
  /** What is saved as a whole: the program files, or the directory above where the site's own `index.php` is. */
  site: string;
  configFile: Found;
  config: PhpConfig;
  content: string;
  uploads: string;
  /** Of plugins; directories that are set to lie outside the content. */
  plugins: string;
  mustUsePlugins: string;
  warnings: string[];
}

/** Of every release; relative to the program files. */
export const wordpressVersionFile = "wp-includes/version.php";

/** Debian's package: one file for each site, chosen by the name in the request. */
const debianDirectory = "/etc/wordpress";

/** Finds program files, wp-config.php and content. Throws `application-not-found` or `application-unreadable`. */
export async function findWordpress(request: LocateRequest): Promise<WordpressDirectories> {
  const { home, warnings } = await findWebApplication(request, {
    title: "WordPress",
    mark: wordpressVersionFile,
    usual: ["/var/www/wordpress", "/usr/share/wordpress", "/srv/wordpress"],
  });
  const configFile = await findConfigFile(request, home.path);
  const config = await readPhpConfig(request, configFile.path, {
    constants: { ABSPATH: `${home.path}/` },
    leaveOut: /\/wp-settings\.php$/,
  });
  const directory = (setting: string, usual: string) =>
    knownPath(request, config.constants.get(setting), setting) ?? usual;
  const content = directory("WP_CONTENT_DIR", join(home.path, "wp-content"));
  if (config.constants.has("WP_CONTENT_DIR"))
    await requireDirectory(request.host, { path: content, source: `WP_CONTENT_DIR in ${config.path}` });
  const ownUploads = directory("UPLOADS", "");
  return {
    home,
    site: await siteDirectory(request, home.path, configFile.path),
    configFile,
    config,
    content,
    uploads: ownUploads === "" ? join(content, "uploads") : join(home.path, ownUploads),
    plugins: directory("WP_PLUGIN_DIR", join(content, "plugins")),
    mustUsePlugins: directory("WPMU_PLUGIN_DIR", join(content, "mu-plugins")),
    warnings: [...warnings, ...config.warnings],
  };
}

/** What the names of all tables begin with; undefined where that is not known. */
export function tablePrefix({ variables }: PhpConfig): string | undefined {
  return toText(variables.get("table_prefix") ?? "wp_");
}

async function findConfigFile(request: LocateRequest, home: string): Promise<Found> {
  const { name, settings, host } = request;
  const above = dirname(home);
  const isOtherSite = (await host.kind(join(above, "wp-settings.php"))) !== undefined;
  const found = await findPlace({
    what: "wp-config.php of WordPress",
    key: `applications.${name}.configFile`,
    candidates: [
      ...(settings.configFile === undefined
        ? []
        : [{ path: settings.configFile, source: `applications.${name}.configFile` }]),
      { path: join(home, "wp-config.php"), source: "the usual place", isGuess: true },
      ...(isOtherSite ? [] : [{ path: join(above, "wp-config.php"), source: "the usual place", isGuess: true }]),
    ],
    check: async (path) => ((await host.kind(path)) === "file" ? undefined : "no such file"),
  });
  return settings.configFile === undefined ? ((await findDebianFile(request, found.path)) ?? found) : found;
}

// Debian's wp-config.php asks the request which file of /etc/wordpress it should include.
async function findDebianFile(request: LocateRequest, path: string): Promise<Found | undefined> {
  const names = ((await request.host.list(debianDirectory)) ?? []).filter((name) => /^config-.*\.php$/.test(name));
  const [only] = names;
  if (only === undefined || names.length > 1) return undefined;
  const { constants } = await readPhpConfig(request, path, { leaveOut: /\/wp-settings\.php$/ });
  const database = constants.get("DB_NAME");
  const isKnown = database !== undefined && !(database instanceof PhpUnknown);
  return isKnown ? undefined : { path: join(debianDirectory, only), source: `the only one in ${debianDirectory}` };
}

// With WordPress in a directory of its own, `index.php` and `.htaccess` of the site are above it.
async function siteDirectory({ host }: LocateRequest, home: string, configFile: string): Promise<string> {
  const above = dirname(home);
  const isAbove = dirname(configFile) === above && basename(configFile) === "wp-config.php";
  const hasOwnIndex = (await host.kind(join(above, "index.php"))) === "file";
  return isAbove && hasOwnIndex ? above : home;
}
