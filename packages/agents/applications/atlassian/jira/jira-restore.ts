import { join } from "node:path";
import type { EngineName } from "../../../databases/engine.ts";

export interface JiraRestoreFacts {
  version: string;
  home: string;
  sharedHome: string;
  /** Undefined where the program files were not found. */
  install: string | undefined;
  engine: EngineName | undefined;
}

const databaseAdvice: Partial<Record<EngineName, string>> = {
  mysql: "Jira wants its MySQL database in `utf8mb4` with the collation `utf8mb4_bin`.",
  mariadb: "Jira wants its database in `utf8mb4` with the collation `utf8mb4_bin`.",
  postgresql: "Jira wants its PostgreSQL database with encoding UTF8 and locale C.",
};

/** The vendor's steps between loading database and files and the first start. */
export function jiraRestoreNotes({
  version,
  home,
  sharedHome,
  install = "/opt/atlassian/jira",
  engine,
}: JiraRestoreFacts): string[] {
  const config = join(home, "dbconfig.xml");
  const advice = engine === undefined ? undefined : databaseAdvice[engine];
  return [
    `Install Jira ${version}, the same version, and leave it stopped: Jira refuses to start an older version on this database.`,
    ...(advice === undefined ? [] : [advice]),
    `Correct url, user and password in \`${config}\` if the database server is another one. Where the password there is \`{ATL_SECURED}\`, it opens only with \`keys\`, \`secured\` and \`secrets-config.yaml\` of this backup; a plain password in its place works too, and Jira stores it away again.`,
    `Give the home to the user that runs Jira: \`chown -R jira: ${home}\`${sharedHome === home ? "" : ` and \`chown -R jira: ${sharedHome}\``}.`,
    `Remove what Jira makes anew: \`cd ${home} && rm -rf .jira-home.lock caches plugins/.osgi-plugins plugins/.bundled-plugins\``,
    `The files of \`install\` are those that administrators change in \`${install}\`; compare them with those of the new installation instead of copying them over another version.`,
    `For a copy beside the real one, add \`-Datlassian.mail.senddisabled=true -Datlassian.mail.fetchdisabled=true\` to \`JVM_SUPPORT_RECOMMENDED_ARGS\` in \`${join(install, "bin", "setenv.sh")}\`, or it sends mail to your users.`,
    `Start Jira ${version}, rebuild the search index (System, Indexing, lock Jira and rebuild), and check the base URL.`,
  ];
}
