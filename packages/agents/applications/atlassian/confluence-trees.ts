import { join } from "node:path";
import type { Host } from "../host.ts";
import type { TreeDraft } from "../trees.ts";
import type { ExcludeRule } from "../type.ts";

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

// Passwords of user directories (8.8 and later) and the secret storage are encrypted with them.
const keyPatterns = ["keys/**", "secured/**", "secrets-config.yaml"];

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
  const drafts: TreeDraft[] = [
    {
      label: "home",
      root: home,
      exclude: [...homeRules, ...sharedHomeRules.map((rule) => ({ ...rule, pattern: `shared-home/${rule.pattern}` }))],
      keys: [...keyPatterns, ...keyPatterns.map((pattern) => `shared-home/${pattern}`)],
    },
    { label: "shared-home", root: sharedHome, exclude: sharedHomeRules, keys: keyPatterns },
    { label: "attachments", root: attachments },
  ];
  const changed = install === undefined ? [] : await existingFiles(host, install);
  if (install !== undefined && changed.length > 0) drafts.push({ label: "install", root: install, include: changed });
  return drafts;
}

async function existingFiles(host: Host, install: string): Promise<string[]> {
  const found: string[] = [];
  for (const file of customisations) if ((await host.kind(join(install, file))) === "file") found.push(file);
  return found;
}
