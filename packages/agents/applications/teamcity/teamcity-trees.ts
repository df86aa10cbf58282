import { join } from "node:path";
import { customisationTree } from "../files/customisations.ts";
import { linkedDirectories } from "../files/linked-directories.ts";
import type { TreeDraft } from "../files/trees.ts";
import type { Host } from "../host.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import { serviceTrees } from "../service/trees.ts";
import type { ExcludeRule } from "../type.ts";

const rules: readonly ExcludeRule[] = [
  { pattern: "system/caches/**", reason: "caches: made anew" },
  { pattern: "system/buildserver.*", reason: "the built-in database, which is not in use" },
  { pattern: "plugins/.unpacked/**", reason: "unpacked plugins: made anew" },
  { pattern: "backup/**", reason: "TeamCity's own backups" },
];

// The key to scrambled secrets, where an administrator made one, and the SSH keys of projects.
const keys = ["config/encryption-config.xml", "config/projects/*/pluginData/ssh_keys/**"];

const customisations = [
  "bin/setenv.sh",
  "bin/teamcity-setenv.sh",
  "conf/server.xml",
  "conf/teamcity-server-log4j.xml",
  "conf/teamcity-startup.properties",
  "conf/web.xml",
];

export interface TeamcityDirectories {
  home: string;
  install: string | undefined;
  unit: ServiceUnit | undefined;
}

/** What to save of a TeamCity: its data directory, and of the program what administrators change. */
export async function teamcityTrees(host: Host, { home, install, unit }: TeamcityDirectories): Promise<TreeDraft[]> {
  const system = ["artifacts", "messages", "changes", "pluginData"];
  return [
    { label: "data", root: home, exclude: rules, keys },
    // Build artifacts are often on another disk.
    { label: "system", root: join(home, "system"), exclude: rulesWithin("system/") },
    ...(await linkedDirectories(host, join(home, "system"), system)),
    ...(await customisationTree(host, install, customisations)),
    ...serviceTrees(unit),
  ];
}

function rulesWithin(prefix: string): ExcludeRule[] {
  return rules
    .filter(({ pattern }) => pattern.startsWith(prefix))
    .map(({ pattern, reason }) => ({ pattern: pattern.slice(prefix.length), reason }));
}
