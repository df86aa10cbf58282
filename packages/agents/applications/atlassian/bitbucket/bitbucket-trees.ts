import { join } from "node:path";
import { customisationTree } from "../../files/customisations.ts";
import { linkedDirectories } from "../../files/linked-directories.ts";
import type { TreeDraft } from "../../files/trees.ts";
import type { Host } from "../../host.ts";
import type { ExcludeRule } from "../../type.ts";
import { secretStoragePatterns } from "../secret-storage.ts";

// What the vendor's own backup scripts leave out.
const sharedRules: readonly ExcludeRule[] = [
  { pattern: "data/db.*", reason: "the built-in database, which is not in use" },
  { pattern: "search/data/**", reason: "search index: rebuilt after a restore" },
  { pattern: ".lock", reason: "the lock of the running process" },
];

const homeRules: readonly ExcludeRule[] = [
  { pattern: "caches/**", reason: "caches: made anew" },
  { pattern: "export/**", reason: "exports" },
  { pattern: "log/**", reason: "logs" },
  { pattern: "plugins/.*/**", reason: "unpacked apps: made anew" },
  { pattern: "tmp/**", reason: "temporary files" },
];

const customisations = [
  "bin/setenv.sh",
  "bin/set-bitbucket-home.sh",
  "bin/set-bitbucket-user.sh",
  "bin/set-jre-home.sh",
  "bin/_start-webapp.sh",
  "conf/server.xml",
];

export interface BitbucketDirectories {
  home: string;
  sharedHome: string;
  install: string | undefined;
}

/** What to save of a Bitbucket; what lies inside the home needs no tree of its own. */
export async function bitbucketTrees(host: Host, directories: BitbucketDirectories): Promise<TreeDraft[]> {
  const { home, sharedHome, install } = directories;
  const sharedKeys = [...secretStoragePatterns(""), "config/*.pem"];
  return [
    {
      label: "home",
      root: home,
      exclude: [...homeRules, ...sharedRules, ...below("shared", sharedRules)],
      keys: [...sharedKeys, ...sharedKeys.map((pattern) => `shared/${pattern}`)],
    },
    { label: "shared-home", root: sharedHome, exclude: sharedRules, keys: sharedKeys },
    ...(await linkedDirectories(host, join(sharedHome, "data"), ["repositories", "attachments", "avatars", "git-lfs"])),
    ...(await customisationTree(host, install, customisations)),
  ];
}

function below(directory: string, rules: readonly ExcludeRule[]): ExcludeRule[] {
  return rules.map(({ pattern, reason }) => ({ pattern: `${directory}/${pattern}`, reason }));
}
