import { relative } from "node:path";
import { requireDirectory } from "../files/require-directory.ts";
import type { TreeDraft } from "../files/trees.ts";
import { isInside } from "../files/trees.ts";
import type { Host } from "../host.ts";
import type { ExcludeRule } from "../type.ts";
import type { JenkinsConfig } from "./jenkins-config.ts";

// Rules name whole paths: a job may be called `workspace`, `cache` or `tools` too.
const rules: readonly ExcludeRule[] = [
  { pattern: "workspace/**", reason: "workspaces: checked out anew" },
  { pattern: "jobs/*/workspace/**", reason: "workspaces of old releases: checked out anew" },
  { pattern: "jobs/*/jobs/*/workspace/**", reason: "workspaces of old releases: checked out anew" },
  { pattern: "war/**", reason: "the unpacked program: made anew" },
  { pattern: "plugins/*/", reason: "unpacked plugins: made anew from the .jpi and .hpi files beside them" },
  { pattern: "tools/**", reason: "tools that Jenkins installs by itself" },
  { pattern: "cache/**", reason: "downloads of tools" },
  { pattern: "caches/**", reason: "copies of repositories: fetched anew" },
  { pattern: "logs/**", reason: "logs; the log recorders are in log and are saved" },
  { pattern: ".cache/**", reason: "caches of programs that builds run" },
  { pattern: ".m2/repository/**", reason: "Maven's copies of libraries: fetched anew" },
  { pattern: ".gradle/caches/**", reason: "Gradle's copies of libraries: fetched anew" },
  { pattern: ".owner", reason: "the mark of the running process" },
];

/** What opens the credentials in the home; the vendor wants it away from them. */
const keys = ["secrets/**", "secret.key", "secret.key.not-so-secret", "identity.key.enc"];

/** What to save: the home, and build records that lie elsewhere. Throws `application-not-found` where those are not there. */
export async function jenkinsTrees(host: Host, home: string, config: JenkinsConfig): Promise<TreeDraft[]> {
  const { path, builds, workspaces } = config;
  if (builds !== undefined) await requireDirectory(host, { path: builds, source: `buildsDir in ${path}` });
  const ownWorkspaces =
    workspaces !== undefined && isInside(workspaces, home) ? relative(home, workspaces) : "workspace";
  const moved: ExcludeRule[] =
    ownWorkspaces === "workspace"
      ? []
      : [{ pattern: `${ownWorkspaces}/**`, reason: "workspaces, where config.xml puts them: checked out anew" }];
  return [
    { label: "home", root: home, exclude: [...rules, ...moved], keys },
    ...(builds === undefined ? [] : [{ label: "builds", root: builds }]),
  ];
}
