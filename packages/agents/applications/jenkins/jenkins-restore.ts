export interface JenkinsRestoreFacts {
  version: string;
  home: string;
  war: string | undefined;
}

/** The vendor's steps after the files are back. */
export function jenkinsRestoreNotes({
  version,
  home,
  war = "/usr/share/java/jenkins.war",
}: JenkinsRestoreFacts): string[] {
  return [
    `Install Jenkins ${version}, the same version, and leave it stopped: \`systemctl stop jenkins\`.`,
    `\`${home}/secrets\` must be that of this same Jenkins: without \`secrets/master.key\` no credential in it can be read.`,
    `Give the files to the user that runs it: \`chown -R jenkins: ${home}\``,
    `To look at it first, without builds: \`sudo -u jenkins JENKINS_HOME=${home} java -Djenkins.model.Jenkins.slaveAgentPort=-1 -jar ${war} --httpPort=9999\` starts it on another port. A \`Jenkins.instance.doQuietDown()\` in \`${home}/init.groovy.d/quiet.groovy\` keeps it from building; remove that file afterwards.`,
    "Start it: it unpacks program and plugins anew, and installs tools at the next build that needs them. Builds that ran during the backup are shown as aborted, or not at all.",
  ];
}
