export interface NextcloudRestoreFacts {
  version: string;
  home: string;
  configFile: string;
  data: string;
  /** Whether config.php was saved with maintenance mode on. */
  isInMaintenance: boolean;
}

/** The vendor's steps between loading database and files and the first login. */
export function nextcloudRestoreNotes(facts: NextcloudRestoreFacts): string[] {
  const { version, home, configFile, data, isInMaintenance } = facts;
  const occ = (command: string) => `\`sudo -u www-data php ${home}/occ ${command}\``;
  return [
    `\`nextcloud\` has the program files of Nextcloud ${version} with all apps; nothing has to be installed but web server, PHP and the database's server.`,
    `\`instanceid\`, \`secret\` and \`passwordsalt\` in \`${configFile}\` must be those of this archive: without them nobody can log in, and what is encrypted stays so.`,
    `Correct \`dbhost\`, \`dbname\`, \`dbuser\`, \`dbpassword\`, \`datadirectory\`, \`trusted_domains\` and \`overwrite.cli.url\` there if they are others.`,
    `Give the files to the user that PHP runs as: \`chown -R www-data: ${home} ${data}\``,
    ...(isInMaintenance ? [`It was saved in maintenance mode; switch that off: ${occ("maintenance:mode --off")}`] : []),
    `If clients have newer files than this archive, let them bring these back: ${occ("maintenance:data-fingerprint")}. It asks users about conflicts; leave it out after a move without loss.`,
    `If files and database do not fit: ${occ("files:scan --all")}`,
    `Previews were left out; let Nextcloud forget and make them anew: ${occ("files:scan-app-data preview")}`,
  ];
}
