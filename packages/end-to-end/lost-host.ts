import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createAwkwardTree } from "@catapullt/testkit/awkward-tree";
import { buildConfluence, confluenceDatabaseProperties, confluenceDefaults } from "@catapullt/testkit/confluence";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { startMariadb } from "@catapullt/testkit/mariadb";
import { type PrivateHost, startPrivateHost } from "@catapullt/testkit/private-host";
import { startSshServer } from "@catapullt/testkit/sshd";
import { systemPrograms } from "@catapullt/testkit/system-packages";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { execa } from "execa";
import { expect, onTestFinished } from "vitest";

const repository = new URL("../../", import.meta.url).pathname;

/** What a Confluence makes anew. */
const disposable =
  /^(index|journal|backups|logs|temp|plugins-osgi-cache|thumbnails|lock|shared-home\/dcl-[a-z_]+)(\/|$)/;

export interface LostHost {
  /** What the home held. */
  tree: Record<string, string>;
  database: Record<string, string>;
  /** Where its database server listened. */
  databasePort: number;
  /** Where its SSH server listened. */
  sshPort: number;
  hostKey: string;
  /** The name of its only archive, which is in the vault. */
  archive: string;
}

/** A machine on which the three programs are installed. */
export async function startHost(): Promise<PrivateHost> {
  const host = await startPrivateHost();
  onTestFinished(() => host.stop());
  return host;
}

/** PATH of the hosts; what stands in for the package manager comes first. */
export const path = `/opt/stand-ins:${repository}node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin`;

/** What the home holds and a restore must bring back. */
export function savedTree(host: PrivateHost): Record<string, string> {
  const tree = describeTree(join(host.root, confluenceDefaults.home));
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !disposable.test(name)));
}

/** A Confluence is set up, backed up and pulled into the vault of the backup host, and then its host is gone. */
export async function loseHost(
  backupHost: PrivateHost,
  account: { user: string; password: string },
): Promise<LostHost> {
  const { user, password } = account;
  const server = await startMariadb({ tcp: true });
  onTestFinished(() => server.stop());
  await server.execute("CREATE DATABASE confluence CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await server.createUser(user, password, ["ALL PRIVILEGES ON confluence.*", "SELECT ON mysql.proc"]);
  await execa("mariadb", ["--no-defaults", `--socket=${server.socket}`, `--user=${user}`, "confluence"], {
    env: { MYSQL_PWD: password },
    input: confluenceDatabaseSql({ pages: 500 }),
  });
  const host = await startHost();
  const url = `jdbc:mysql://127.0.0.1:${server.port}/confluence`;
  buildConfluence({ root: host.root, properties: confluenceDatabaseProperties({ url, user, password }) });
  createAwkwardTree(join(host.root, confluenceDefaults.home, "attachments", "awkward"));
  const database = await databaseFingerprint(server, "confluence");
  const tree = savedTree(host);
  const backup = await host.run(["backup-agent", "confluence"], { environment: { PATH: path } });
  expect(backup).toMatchObject({ exitCode: 0 });
  const sshServer = await startSshServer();
  onTestFinished(() => sshServer.stop());
  await configureArchiver(backupHost, sshServer.knownHostsFile);
  const pull = await backupHost.run(["archiver", "pull"], {
    environment: { PATH: path, ...archiverEnvironment(host, sshServer) },
  });
  expect(pull).toMatchObject({ exitCode: 0 });
  await Promise.all([server.stop(), sshServer.stop(), host.stop()]);
  const archive = backup.stdout.trim().slice(backup.stdout.lastIndexOf("/") + 1);
  const { port: sshPort, hostKeys } = sshServer;
  return { tree, database, databasePort: server.port ?? 0, sshPort, hostKey: hostKeys.ed25519 ?? "", archive };
}

async function configureArchiver(backupHost: PrivateHost, knownHostsFile: string): Promise<void> {
  const directory = join(backupHost.root, "etc/backup-tools");
  mkdirSync(directory);
  mkdirSync(join(backupHost.root, "srv/backups"));
  execFileSync("cp", [knownHostsFile, join(directory, "known_hosts")]);
  writeFileSync(
    join(directory, "archiver.yaml"),
    `vault: /srv/backups
hosts:
  wiki01:
    address: 127.0.0.1
    knownHostsFile: /etc/backup-tools/known_hosts
    path: /var/backups/backup-tools
`,
  );
}

/** How the archiver reaches this machine's throwaway SSH server, and the work directory of a private host through it. */
export function archiverEnvironment(
  host: PrivateHost,
  { port, user, identityFile }: { port: number; user: string; identityFile: string },
): Record<string, string> {
  return {
    ARCHIVER__HOSTS__WIKI01__PORT: String(port),
    ARCHIVER__HOSTS__WIKI01__USER: user,
    ARCHIVER__HOSTS__WIKI01__IDENTITY_FILE: identityFile,
    ARCHIVER__HOSTS__WIKI01__PATH: join(host.root, "var/backups/backup-tools"),
  };
}

/** The vendor's download: program files as they come, and a start script that only their owner's user may use. */
export function packConfluence(directory: string): void {
  const top = temporaryDirectory("download");
  buildConfluence({ root: top, pointer: "none" });
  const name = `atlassian-confluence-${confluenceDefaults.version}`;
  renameSync(join(top, confluenceDefaults.install), join(top, name));
  mkdirSync(join(top, name, "bin"), { recursive: true });
  writeFileSync(
    join(top, name, "bin", "start-confluence.sh"),
    `#!/bin/sh -e
[ "$(id -un)" = confluence ]
cd ${confluenceDefaults.home}
[ ! -e lock ]
mkdir -p logs index
find . ! -user confluence | grep . && exit 1
echo started > logs/atlassian-confluence.log
`,
    { mode: 0o755 },
  );
  execFileSync("tar", ["-czf", join(directory, `${name}.tar.gz`), "-C", top, name]);
}

/** `apt-get install` of packages that this machine has already; another name is an error. */
export function installPackageManager(host: PrivateHost): void {
  const file = join(host.root, "opt/stand-ins/apt-get");
  mkdirSync(dirname(file), { recursive: true });
  const known = [...new Set(Object.values(systemPrograms))].join("|");
  writeFileSync(
    file,
    `#!/bin/sh
[ "$1 $2" = "install -y" ] || exit 100
shift 2
for package; do case "$package" in ${known}) ;; *) echo "E: Unable to locate package $package" >&2; exit 100;; esac; done
`,
  );
  chmodSync(file, 0o755);
}
