import { customisationTree } from "../../files/customisations.ts";
import type { TreeDraft } from "../../files/trees.ts";
import type { Host } from "../../host.ts";
import type { ExcludeRule } from "../../type.ts";
import { secretStoragePatterns } from "../secret-storage.ts";

// Since 8.0 in the shared home, before in the home.
const sharedRules: readonly ExcludeRule[] = [
  { pattern: "backups/**", reason: "Bamboo's own exports" },
  { pattern: "export/**", reason: "Bamboo's own exports" },
  { pattern: "exports/**", reason: "Bamboo's own exports" },
  { pattern: "index/**", reason: "search index: rebuilt after a restore" },
  { pattern: "jms-store/**", reason: "messages between server and agents that are under way" },
  { pattern: "database/**", reason: "the built-in database, which is not in use" },
];

const homeRules: readonly ExcludeRule[] = [
  { pattern: "xml-data/build-dir/**", reason: "working copies of builds" },
  { pattern: "local-working-dir/**", reason: "working copies of builds" },
  { pattern: "caches/**", reason: "caches: made anew" },
  { pattern: "logs/**", reason: "logs" },
  { pattern: "analytics-logs/**", reason: "logs" },
  { pattern: "temp/**", reason: "temporary files" },
];

const customisations = [
  "bin/setenv.sh",
  "conf/server.xml",
  "conf/web.xml",
  ...["atlassian-bamboo", "webapp"].flatMap((webapp) =>
    ["bamboo-init.properties", "seraph-config.xml", "crowd.properties"].map(
      (name) => `${webapp}/WEB-INF/classes/${name}`,
    ),
  ),
];

// One of the two parts of the key that encrypts credentials; the other one is in the database.
const cipher = "configuration/cipher/**";

export interface BambooDirectories {
  home: string;
  sharedHome: string;
  /** Where the server's own configuration, the results of builds and their artifacts are. */
  configuration: string;
  builds: string;
  artifacts: string;
  install: string | undefined;
}

/** What to save of a Bamboo; directories inside the home need no tree of their own. */
export async function bambooTrees(host: Host, directories: BambooDirectories): Promise<TreeDraft[]> {
  const { home, sharedHome, configuration, builds, artifacts, install } = directories;
  return [
    {
      label: "home",
      root: home,
      exclude: [
        ...homeRules,
        ...sharedRules,
        ...sharedRules.map(({ pattern, reason }) => ({ pattern: `shared/${pattern}`, reason })),
      ],
      keys: [...secretStoragePatterns("", "shared"), `xml-data/${cipher}`, `shared/${cipher}`],
    },
    { label: "shared-home", root: sharedHome, exclude: sharedRules, keys: [...secretStoragePatterns(""), cipher] },
    { label: "configuration", root: configuration, keys: ["cipher/**"] },
    { label: "builds", root: builds },
    { label: "artifacts", root: artifacts },
    ...(await customisationTree(host, install, customisations)),
  ];
}
