import { join } from "node:path";

export interface BitbucketRestoreFacts {
  version: string;
  home: string;
  sharedHome: string;
  /** Undefined where the program files were not found. */
  install: string | undefined;
  config: string;
}

/** The vendor's steps between loading database and files and the first start. */
export function bitbucketRestoreNotes({
  version,
  home,
  sharedHome,
  install = "/opt/atlassian/bitbucket",
  config,
}: BitbucketRestoreFacts): string[] {
  const repositories = join(sharedHome, "data/repositories");
  const owned = sharedHome.startsWith(`${home}/`) ? home : `${home} ${sharedHome}`;
  return [
    `Install Bitbucket ${version}, the same version, and leave it stopped. Home and database must come from this same archive.`,
    `Correct \`jdbc.url\`, \`jdbc.user\` and \`jdbc.password\` in \`${config}\` if the database server is another one. Where the password there is encoded or \`{ATL_SECURED}\`, a plain one in its place works too; remove \`jdbc.password.decrypter.classname\` then.`,
    `Give the files to the user that runs Bitbucket: \`chown -R atlbitbucket: ${owned}\``,
    `Remove locks that git had when the backup was made: \`find ${repositories} -type f \\( -name '*.lock' -o -name gc.pid \\) -not -path '*/objects/*' -delete\`, and \`rm -f ${join(home, ".lock")} ${join(sharedHome, ".lock")}\``,
    `The home must lie at the same path as before, \`${home}\`: some of its content depends on it.`,
    `The files of \`install\` are those that administrators change in \`${install}\`; compare them with those of the new installation instead of copying them over another version.`,
    `Start Bitbucket ${version}: it builds its search index anew. Mesh nodes have homes of their own, which need a backup of their own of the same time.`,
  ];
}
