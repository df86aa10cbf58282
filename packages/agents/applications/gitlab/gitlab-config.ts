import { isAbsolute } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../host.ts";
import { type Found, findPlace } from "../search.ts";
import type { LocateRequest } from "../type.ts";

/** The administrator's configuration, as far as it can be read without running it: it is a program in Ruby. */
export interface GitlabConfig {
  file: Found;
  text: string;
}

/** Written by `gitlab-ctl reconfigure`: what is in force. */
const effectiveFile = "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml";
const usualBackupPath = "/var/opt/gitlab/backups";

/** Finds and reads `gitlab.rb`. */
export async function readGitlabConfig({ name, settings, host }: LocateRequest): Promise<GitlabConfig> {
  const key = `applications.${name}.configFile`;
  const file = await findPlace({
    what: "gitlab.rb of GitLab",
    key,
    candidates: [
      ...(settings.configFile === undefined ? [] : [{ path: settings.configFile, source: key }]),
      { path: "/etc/gitlab/gitlab.rb", source: "the vendor's default", isGuess: true },
    ],
    check: async (path) => ((await host.kind(path)) === "file" ? undefined : "no such file"),
  });
  const text = ((await host.readText(file.path)) ?? "").replace(/^\s*#.*$/gm, "");
  return { file, text };
}

/** The directory into which GitLab writes its own backups. Throws `application-unreadable` and `application-not-found`. */
export async function findBackupPath({ name, settings, host }: LocateRequest, config: GitlabConfig): Promise<Found> {
  const key = `applications.${name}.exports`;
  return await findPlace({
    what: "the directory of GitLab's own backups",
    key,
    candidates: [
      ...(settings.exports === undefined ? [] : [{ path: settings.exports, source: key }]),
      ...(await effectivePath(host)),
      ...(settings.exports === undefined ? configuredPath(config, key) : []),
      { path: usualBackupPath, source: "the vendor's default", isGuess: true },
    ],
    check: async (path) => ((await host.kind(path)) === "directory" ? undefined : "no such directory"),
  });
}

// production: backup: path: "…"; the file has sections for other environments after it.
async function effectivePath(host: Host): Promise<Found[]> {
  const text = (await host.readText(effectiveFile)) ?? "";
  const [, quoted, plain] =
    /^ +backup:[ \t]*\n(?:[ \t]*(?:#.*)?\n)*[ \t]+path:[ \t]*(?:["']([^"'\n]+)["']|([^\s#]+))/m.exec(text) ?? [];
  const path = quoted ?? plain;
  return path !== undefined && isAbsolute(path) ? [{ path, source: `backup.path in ${effectiveFile}` }] : [];
}

// gitlab_rails['backup_path'] = "/mnt/backups"
function configuredPath({ file, text }: GitlabConfig, key: string): Found[] {
  const value = [...text.matchAll(/^\s*gitlab_rails\[['"]backup_path['"]\]\s*=\s*(.*?)\s*$/gm)].at(-1)?.[1];
  if (value === undefined) return [];
  const path = /^(["'])([^"'#\\]+)\1\s*(?:#.*)?$/.exec(value)?.[2];
  if (path !== undefined && isAbsolute(path)) return [{ path, source: `backup_path in ${file.path}` }];
  throw new OperationError("application-unreadable", `backup_path in ${file.path} is no plain path`, {
    hint: `set \`${key}\` to the directory in which GitLab makes its backups`,
  });
}

/** What GitLab's own backup leaves out or needs more for. */
export function describeGaps({ text, file }: GitlabConfig): string[] {
  const isOn = (pattern: RegExp) => pattern.test(text);
  return [
    ...(isOn(
      /^\s*gitlab_rails\[['"](?:object_store|\w+_object_store)(?:_enabled['"]\]|['"]\]\[['"]enabled['"]\])\s*=\s*true/m,
    )
      ? [`${file.path} keeps files in object storage: they are not part of this backup`]
      : []),
    ...(isOn(/^\s*(?:pgbouncer|patroni)\[['"]enable['"]\]\s*=\s*true/m)
      ? [
          `${file.path} has PgBouncer or Patroni: GitLab's own backup has to reach PostgreSQL itself, by GITLAB_BACKUP_PGHOST and GITLAB_BACKUP_PGPORT in the agent's environment`,
        ]
      : []),
    ...(isOn(/^\s*mattermost\[['"]enable['"]\]\s*=\s*true|^\s*mattermost_external_url\s/m)
      ? [`${file.path} has the bundled Mattermost: its data are not part of this backup`]
      : []),
  ];
}
