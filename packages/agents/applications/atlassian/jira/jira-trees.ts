import { join } from "node:path";
import { customisationTree } from "../../files/customisations.ts";
import { linkedDirectories } from "../../files/linked-directories.ts";
import type { TreeDraft } from "../../files/trees.ts";
import type { Host } from "../../host.ts";
import type { ExcludeRule } from "../../type.ts";
import { secretStoragePatterns } from "../secret-storage.ts";

const rebuilt = "Jira makes it anew";

const rules: readonly ExcludeRule[] = [
  { pattern: "caches/**", reason: "search index and caches: rebuilt after a restore" },
  { pattern: "export/**", reason: "Jira's own XML backups" },
  { pattern: "import/**", reason: "XML backups that were put there to be imported" },
  { pattern: "log/**", reason: "logs" },
  { pattern: "analytics-logs/**", reason: "logs" },
  { pattern: "monitor/**", reason: "measurements of the running process" },
  { pattern: "tmp/**", reason: "temporary files" },
  { pattern: "plugins/.osgi-plugins/**", reason: rebuilt },
  { pattern: "plugins/.bundled-plugins/**", reason: rebuilt },
  { pattern: ".jira-home.lock", reason: "the lock of the running process" },
];

// What administrators change in the program files, relative to the installation directory.
const customisations = [
  "bin/setenv.sh",
  "bin/user.sh",
  "conf/server.xml",
  "conf/web.xml",
  "conf/context.xml",
  ...["atlassian-jira", "webapp"].flatMap((webapp) =>
    ["jira-application.properties", "seraph-config.xml", "crowd.properties", "entityengine.xml"].map(
      (name) => `${webapp}/WEB-INF/classes/${name}`,
    ),
  ),
];

export interface JiraDirectories {
  home: string;
  sharedHome: string;
  install: string | undefined;
}

/** What to save of a Jira; what lies inside the home needs no tree of its own. */
export async function jiraTrees(host: Host, { home, sharedHome, install }: JiraDirectories): Promise<TreeDraft[]> {
  return [
    { label: "home", root: home, exclude: rules, keys: secretStoragePatterns("") },
    { label: "shared-home", root: sharedHome, exclude: rules, keys: secretStoragePatterns("") },
    ...(await linkedDirectories(host, join(sharedHome, "data"), ["attachments", "avatars"])),
    ...(await customisationTree(host, install, customisations)),
  ];
}
