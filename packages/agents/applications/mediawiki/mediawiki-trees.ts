import { basename, dirname, join } from "node:path";
import { rulesWithin } from "../configuration-files/php/rules-within.ts";
import type { TreeDraft } from "../files/trees.ts";
import type { ExcludeRule } from "../type.ts";
import type { MediawikiDirectories } from "./mediawiki-directories.ts";

const uploadRules: readonly ExcludeRule[] = [
  { pattern: "thumb/**", reason: "thumbnails: made anew" },
  { pattern: "temp/**", reason: "uploads that were not finished" },
  { pattern: "lockdir/**", reason: "locks of running processes" },
  { pattern: "cache/**", reason: "pages for readers: made anew" },
];

const cacheRules: readonly ExcludeRule[] = [{ pattern: "l10n_cache-*", reason: "texts of the interface: made anew" }];

type Places = Pick<
  MediawikiDirectories,
  "home" | "configFile" | "config" | "uploads" | "deleted" | "cache" | "sqliteData" | "readOnlyFile"
>;

/**
 * What to save. The program files are among it: extensions and skins are bound to exactly this release, and what Composer has
 * added stands nowhere else.
 */
export function mediawikiTrees(places: Places): TreeDraft[] {
  const { home, configFile, config, uploads, deleted, sqliteData, readOnlyFile } = places;
  const cache = places.cache ?? join(home.path, "cache");
  const flag = { pattern: basename(readOnlyFile), reason: "a restored wiki would begin read-only" };
  const rules = (root: string) => [
    ...rulesWithin(root, uploads, uploadRules),
    ...rulesWithin(root, cache, cacheRules),
    ...rulesWithin(root, dirname(readOnlyFile), [flag]),
  ];
  // It has the database's password, $wgSecretKey and $wgUpgradeKey.
  const settings = { pattern: basename(configFile.path), reason: "" };
  return [
    {
      label: "wiki",
      root: home.path,
      exclude: rules(home.path),
      keys: rulesWithin(home.path, dirname(configFile.path), [settings]).map(({ pattern }) => pattern),
    },
    { label: "config", root: configFile.path, keys: [settings.pattern] },
    ...config.included.map((root) => ({ label: "included", root, keys: [basename(root)] })),
    { label: "images", root: uploads, exclude: rules(uploads) },
    { label: "deleted", root: deleted },
    ...(sqliteData === undefined ? [] : [{ label: "data", root: sqliteData }]),
  ];
}
