import { join } from "node:path";
import { backupFileName } from "./gitlab-backup.ts";

export interface GitlabRestoreFacts {
  /** The application's name. */
  application: string;
  version: string;
  directory: string;
  configuration: string;
}

/** The vendor's steps after the files are back. */
export function gitlabRestoreNotes({ application, version, directory, configuration }: GitlabRestoreFacts): string[] {
  const name = backupFileName(application);
  const edition = version.endsWith("-ee") ? "gitlab-ee, the Enterprise Edition" : "gitlab-ce, the Community Edition";
  return [
    `Install GitLab ${version} (${edition}), the same version and edition, and run \`gitlab-ctl reconfigure\` once. A GitLab that runs keeps files open: \`backup-agent restore\` takes \`--allow-running\` here.`,
    `\`${join(configuration, "gitlab.rb")}\` and \`${join(configuration, "gitlab-secrets.json")}\` must be those of this archive. Then once more: \`gitlab-ctl reconfigure\``,
    `Give the backup to GitLab's user: \`chown git: ${join(directory, name)}\``,
    "Stop what uses the database, and nothing else: `gitlab-ctl stop puma && gitlab-ctl stop sidekiq`",
    `Restore, which replaces database, repositories and files: \`GITLAB_ASSUME_YES=1 gitlab-backup restore BACKUP=${name.replace(/_gitlab_backup\.tar$/, "")}\``,
    "Start and check: `gitlab-ctl reconfigure && gitlab-ctl restart && gitlab-rake gitlab:check SANITIZE=true && gitlab-rake gitlab:doctor:secrets`",
    `Remove the backup there: \`rm ${join(directory, name)}\``,
    "Not in this archive: what is in object storage, background jobs that waited in Redis, server and file hooks, this host's own SSH keys (`/etc/ssh/ssh_host_*`): without those, users are warned of a changed host key.",
  ];
}
