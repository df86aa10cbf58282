export interface GiteaRestoreFacts {
  version: string;
  configFile: string;
  workPath: string;
  repositories: string;
  runUser: string;
  program: string;
}

/** The vendor's steps between loading database and files and the first start. */
export function giteaRestoreNotes(facts: GiteaRestoreFacts): string[] {
  const { version, configFile, workPath, repositories, runUser, program } = facts;
  const admin = (what: string) =>
    `\`sudo -u ${runUser} ${program} --config ${configFile} --work-path ${workPath} admin regenerate ${what}\``;
  return [
    `\`SECRET_KEY\` and \`INTERNAL_TOKEN\` in \`${configFile}\` must be those of this archive: without them two-factor logins and stored credentials are lost.`,
    `Give the files to the user that runs it: \`chown -R ${runUser}: ${workPath} ${repositories}\``,
    `If paths, user or the way of installation changed, or pushes are refused: ${admin("hooks")} and ${admin("keys")}`,
    `Start version ${version}; search indexes are made anew in the background.`,
  ];
}
