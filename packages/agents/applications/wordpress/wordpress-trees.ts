import { basename } from "node:path";
import type { TreeDraft } from "../trees.ts";
import type { ExcludeRule } from "../type.ts";
import { pathInSite, type WordpressDirectories } from "./wordpress-directories.ts";

const cache = "cache: made anew";
const otherBackups = "backups that a plugin has made";

const contentRules: readonly ExcludeRule[] = [
  ...["cache", "et-cache", "litespeed"].map((name) => ({ pattern: `${name}/**`, reason: cache })),
  ...["upgrade", "upgrade-temp-backup"].map((name) => ({
    pattern: `${name}/**`,
    reason: "what an update has unpacked",
  })),
  ...["updraft", "ai1wm-backups", "backups-dup-lite", "backups-dup-pro"].map((name) => ({
    pattern: `${name}/**`,
    reason: otherBackups,
  })),
  ...["backwpup-*", "backupbuddy_backups"].map((name) => ({ pattern: `uploads/${name}/**`, reason: otherBackups })),
  { pattern: "wflogs/**", reason: "Wordfence makes them anew" },
  { pattern: "debug.log", reason: "logs" },
];

/** The flag of maintenance mode, in the program files: a restored site would begin in it. */
export const maintenanceFlag = ".maintenance";

type Places = Pick<
  WordpressDirectories,
  "home" | "site" | "configFile" | "content" | "uploads" | "plugins" | "mustUsePlugins"
>;

/**
 * What to save. The program files are among it: they are small, a site often has changed or added some, and at night nobody
 * wants to look for an old release with all its translations.
 */
export function wordpressTrees(places: Places): TreeDraft[] {
  const { home, site, configFile, content, uploads, plugins, mustUsePlugins } = places;
  const below = (path: string, rules: readonly ExcludeRule[]) =>
    rules.map(({ pattern, reason }) => ({ pattern: `${pathInSite(site, path)}${pattern}`, reason }));
  return [
    {
      label: "site",
      root: site,
      exclude: [
        ...below(home.path, [{ pattern: maintenanceFlag, reason: "a restored site would begin in maintenance mode" }]),
        ...(content.startsWith(`${site}/`) ? below(content, contentRules) : []),
      ],
      // Password of the database, and the salts of all sessions.
      keys: configFile.path.startsWith(`${site}/`) ? [pathInSite(site, configFile.path).slice(0, -1)] : [],
    },
    { label: "config", root: configFile.path, keys: [basename(configFile.path)] },
    { label: "content", root: content, exclude: contentRules },
    { label: "uploads", root: uploads },
    { label: "plugins", root: plugins },
    { label: "mu-plugins", root: mustUsePlugins },
  ];
}
