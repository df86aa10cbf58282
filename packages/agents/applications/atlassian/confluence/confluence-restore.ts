import { join } from "node:path";
import type { EngineName } from "../../../databases/engine.ts";

export interface ConfluenceRestoreFacts {
  version: string;
  home: string;
  /** Undefined where the program files were not found. */
  install: string | undefined;
  engine: EngineName | undefined;
}

const removedBeforeStart = [
  "index",
  "journal",
  "bundled-plugins",
  "plugins-cache",
  "plugins-osgi-cache",
  "plugins-temp",
  "lock",
];

const mysqlSettings =
  "The MySQL server needs `transaction_isolation = READ-COMMITTED`, `max_allowed_packet = 256M` or more, `character_set_server = utf8mb4`, `collation_server = utf8mb4_bin` and `log_bin_trust_function_creators = 1`.";

/** The vendor's steps between loading database and files and the first start. */
export function confluenceRestoreNotes({
  version,
  home,
  install = "/opt/atlassian/confluence",
  engine,
}: ConfluenceRestoreFacts): string[] {
  const config = join(home, "confluence.cfg.xml");
  return [
    `Database and \`${config}\` must come from this same archive: Confluence refuses to start when the build numbers in them differ.`,
    `Correct \`hibernate.connection.url\`, user and password in \`${config}\` if the database server is another one. Leave \`<buildNumber>\` as it is.`,
    `Give the home to the user that runs Confluence: \`chown -R confluence: ${home}\` (shared home and attachments too where they lie elsewhere).`,
    `Remove what Confluence makes anew: \`cd ${home} && rm -rf ${removedBeforeStart.join(" ")}\``,
    `The files of \`install\` are those that administrators change in \`${install}\`; compare them with those of the new installation instead of copying them over another version.`,
    ...(engine === "postgresql" ? [] : [mysqlSettings]),
    `For a copy beside the real one, add \`-Datlassian.mail.senddisabled=true -Datlassian.mail.fetchdisabled=true\` to \`CATALINA_OPTS\` in \`${join(install, "bin", "setenv.sh")}\`, or it sends mail to your users.`,
    `Start Confluence ${version}, let it rebuild the search index (General configuration, Content indexing), and check the base URL.`,
  ];
}
