import { basename, dirname } from "node:path";
import { rulesWithin } from "../configuration-files/php/rules-within.ts";
import type { TreeDraft } from "../files/trees.ts";
import type { ExcludeRule } from "../type.ts";
import type { WordpressDirectories } from "./wordpress-directories.ts";

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
  "home" | "site" | "configFile" | "config" | "content" | "uploads" | "plugins" | "mustUsePlugins"
>;

/**
 * What to save. The program files are among it: they are small, a site often has changed or added some, and at night nobody
 * wants to look for an old release with all its translations.
 */
export function wordpressTrees(places: Places): TreeDraft[] {
  const { home, site, configFile, config, content, uploads, plugins, mustUsePlugins } = places;
  const flag = { pattern: maintenanceFlag, reason: "a restored site would begin in maintenance mode" };
  // It has the database's password, and the salts of all sessions.
  const settings = { pattern: basename(configFile.path), reason: "" };
  return [
    {
      label: "site",
      root: site,
      exclude: [...rulesWithin(site, home.path, [flag]), ...rulesWithin(site, content, contentRules)],
      keys: rulesWithin(site, dirname(configFile.path), [settings]).map(({ pattern }) => pattern),
    },
    { label: "config", root: configFile.path, keys: [settings.pattern] },
    ...config.included.map((root) => ({ label: "included", root, keys: [basename(root)] })),
    { label: "content", root: content, exclude: contentRules },
    { label: "uploads", root: uploads },
    { label: "plugins", root: plugins },
    { label: "mu-plugins", root: mustUsePlugins },
  ];
}
