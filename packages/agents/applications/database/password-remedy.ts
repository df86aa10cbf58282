/** What to do about a password that cannot be read; `key` is the agent's for it: `applications.sonarqube.database.password`. */
export function passwordRemedy(key: string): string {
  const file = `/etc/backup-tools/${key.split(".")[1] ?? "application"}.password`;
  return `write the password into ${file} (mode 0600), and set in the agent's configuration: ${key}: { file: ${file} }`;
}
