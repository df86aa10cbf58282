import { customisationTree } from "../../files/customisations.ts";
import type { TreeDraft } from "../../files/trees.ts";
import type { Host } from "../../host.ts";
import type { ExcludeRule } from "../../type.ts";
import { secretStoragePatterns } from "../secret-storage.ts";

const rebuilt = "Confluence makes it anew";
const temporary = "temporary files";

const homeRules: readonly ExcludeRule[] = [
  ...["index", "journal"].map((name) => ({
    pattern: `${name}/**`,
    reason: "search index and its queue: rebuilt after a restore",
  })),
  { pattern: "backups/**", reason: "Confluence's own XML backups" },
  { pattern: "export/**", reason: "space exports" },
  { pattern: "restore/**", reason: "XML backups that were put there to be imported" },
  { pattern: "logs/**", reason: "logs" },
  { pattern: "analytics-logs/**", reason: "logs" },
  ...["temp", "webresource-temp", "plugins-temp", "sandbox"].map((name) => ({
    pattern: `${name}/**`,
    reason: temporary,
  })),
  ...["bundled-plugins", "plugins-cache", "plugins-osgi-cache", "thumbnails", "viewfile", "imgEffects"].map((name) => ({
    pattern: `${name}/**`,
    reason: rebuilt,
  })),
  { pattern: "lock", reason: "the lock of the running process" },
];

const sharedHomeRules: readonly ExcludeRule[] = ["dcl-document*", "dcl-thumbnail*"].map((name) => ({
  pattern: `${name}/**`,
  reason: rebuilt,
}));

// What administrators change in the program files, relative to the installation directory.
const customisations = [
  "bin/setenv.sh",
  "conf/server.xml",
  "conf/web.xml",
  "confluence/WEB-INF/classes/confluence-init.properties",
  "confluence/WEB-INF/classes/seraph-config.xml",
  "confluence/WEB-INF/classes/crowd.properties",
  "confluence/WEB-INF/classes/mime.types",
];

export interface ConfluenceDirectories {
  home: string;
  sharedHome: string;
  attachments: string;
  install: string | undefined;
}

/** What to save of a Confluence; directories inside the home need no tree of their own. */
export async function confluenceTrees(host: Host, directories: ConfluenceDirectories): Promise<TreeDraft[]> {
  const { home, sharedHome, attachments, install } = directories;
  return [
    {
      label: "home",
      root: home,
      exclude: [...homeRules, ...sharedHomeRules.map((rule) => ({ ...rule, pattern: `shared-home/${rule.pattern}` }))],
      // Passwords of user directories (8.8 and later) and the secret storage are encrypted with them.
      keys: secretStoragePatterns("", "shared-home"),
    },
    { label: "shared-home", root: sharedHome, exclude: sharedHomeRules, keys: secretStoragePatterns("") },
    { label: "attachments", root: attachments },
    ...(await customisationTree(host, install, customisations)),
  ];
}
