import { basename, dirname } from "node:path";
import { rulesWithin } from "../configuration-files/php/rules-within.ts";
import type { TreeDraft } from "../files/trees.ts";
import type { ExcludeRule } from "../type.ts";
import type { NextcloudDirectories } from "./nextcloud-directories.ts";

const dataRules: readonly ExcludeRule[] = [
  { pattern: "appdata_*/preview/**", reason: "previews: made anew" },
  { pattern: "*/cache/**", reason: "cache: made anew" },
  { pattern: "*/uploads/**", reason: "uploads that were not finished" },
  { pattern: "updater-*/**", reason: "older program files that the updater keeps" },
  { pattern: "*.log", reason: "logs" },
  { pattern: "*.log.*", reason: "logs" },
];

// Of encryption on the server: its own keys, and those of each user.
const encryptionKeys = ["files_encryption/**", "*/files_encryption/**"];

type Places = Pick<NextcloudDirectories, "home" | "config" | "data" | "apps">;

/**
 * What to save. The program files are among it, which the vendor names as one of the ways: apps are bound to exactly this
 * release, and it need not be found and unpacked at night.
 */
export function nextcloudTrees({ home, config, data, apps }: Places): TreeDraft[] {
  const directory = dirname(config.path);
  // They have the database's password, `secret`, `passwordsalt` and `instanceid`.
  const settings = ["config.php", "*.config.php"];
  const keys = (root: string) => [
    ...patternsWithin(root, directory, settings),
    ...patternsWithin(root, data.path, encryptionKeys),
  ];
  return [
    {
      label: "nextcloud",
      root: home.path,
      exclude: rulesWithin(home.path, data.path, dataRules),
      keys: keys(home.path),
    },
    { label: "config", root: directory, include: config.files.map((file) => basename(file)), keys: keys(directory) },
    ...config.included.map((root) => ({ label: "included", root, keys: [basename(root)] })),
    { label: "data", root: data.path, exclude: dataRules, keys: keys(data.path) },
    ...apps.map((root) => ({ label: basename(root), root })),
  ];
}

function patternsWithin(root: string, path: string, patterns: readonly string[]): string[] {
  return rulesWithin(
    root,
    path,
    patterns.map((pattern) => ({ pattern, reason: "" })),
  ).map(({ pattern }) => pattern);
}
