import { dirname } from "node:path";
import { assembleApplication } from "../assemble.ts";
import type { ApplicationType, ExcludeRule, LocateRequest } from "../type.ts";
import { combineReadings } from "../version/readings.ts";
import { backupFileName, findGitlabProgram, makeGitlabBackup } from "./gitlab-backup.ts";
import { describeGaps, findBackupPath, readGitlabConfig } from "./gitlab-config.ts";
import { gitlabRestoreNotes } from "./gitlab-restore.ts";
import { gitlabSanityChecks } from "./gitlab-sanity.ts";
import { readGitlabVersions } from "./gitlab-version.ts";

/** GitLab of the Linux package (omnibus), and inside its container image. */
export const gitlab: ApplicationType = {
  name: "gitlab",
  title: "GitLab (Linux package)",
  keys: ["install", "configFile", "exports", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: gitlabSanityChecks,
};

const usualInstall = "/opt/gitlab";

const configurationRules: readonly ExcludeRule[] = [
  { pattern: "config_backup/**", reason: "GitLab's own backups of the configuration" },
];

/** What opens the database and its passwords; the vendor leaves it out of his own backup on purpose. */
const keys = ["gitlab-secrets.json", "gitlab.rb", "ssl/*.key", "ssh_host_*_key"];

async function locate(request: LocateRequest) {
  const { name, settings, host } = request;
  const config = await readGitlabConfig(request);
  const backupPath = await findBackupPath(request, config);
  const install = {
    path: settings.install ?? usualInstall,
    source: settings.install ? `applications.${name}.install` : "the vendor's default",
  };
  const program = await findGitlabProgram(host, install.path);
  const configuration = dirname(config.file.path);
  return assembleApplication(gitlab, request, {
    home: undefined,
    install,
    evidence: [
      { what: "configuration", value: config.file.path, source: config.file.source },
      { what: "own backups", value: backupPath.path, source: backupPath.source },
      ...(program === undefined ? [] : [{ what: "command", value: program.path, source: "the program files" }]),
    ],
    trees: [
      { label: "backup", root: backupPath.path, include: [backupFileName(name)] },
      { label: "config", root: configuration, exclude: configurationRules, keys },
    ],
    consistency: makeGitlabBackup(host, {
      application: name,
      program,
      directory: backupPath.path,
      install: install.path,
    }),
    warnings: [
      ...(program === undefined ? [`there is no gitlab-backup below ${install.path} that this user can start`] : []),
      ...describeGaps(config),
      ...(settings.keys === undefined ? [keysWarning(name)] : []),
    ],
    captureVersion: async () => combineReadings(request, await readGitlabVersions(host, install.path)),
    restoreNotes: (version) =>
      gitlabRestoreNotes({ application: name, version, directory: backupPath.path, configuration }),
  });
}

function keysWarning(name: string): string {
  return `the vendor wants gitlab-secrets.json away from the backup: whoever has this archive can read all that is encrypted in its database; set \`applications.${name}.keys\` to \`separate\`, or to \`included\` to say nothing more of it`;
}
