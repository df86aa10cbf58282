import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";

/** Programs that tests and the demo need, and the Debian packages that bring them. */
export const systemPrograms = {
  mariadbd: "mariadb-server",
  "mariadb-install-db": "mariadb-server",
  mariadb: "mariadb-client",
  "mariadb-dump": "mariadb-client",
  setpriv: "util-linux",
  sshd: "openssh-server",
  ssh: "openssh-client",
  sftp: "openssh-client",
  "ssh-keygen": "openssh-client",
  "ssh-keyscan": "openssh-client",
  "ssh-agent": "openssh-client",
  "ssh-add": "openssh-client",
  initdb: "postgresql",
  postgres: "postgresql",
  psql: "postgresql",
  pg_dump: "postgresql",
  pg_restore: "postgresql",
  vacuumdb: "postgresql",
  sqlite3: "sqlite3",
  tar: "tar",
  zstd: "zstd",
  gzip: "gzip",
  sha1sum: "coreutils",
  mkdir: "coreutils",
  rm: "coreutils",
  unshare: "util-linux",
  openssl: "openssl",
  script: "bsdutils",
  python3: ["python3-prometheus-client", "python3-dkim"],
  chromium: ["chromium", "fonts-liberation", "fonts-roboto-unhinted"],
  postfix: "postfix",
  postgrey: "postgrey",
  promtool: "prometheus",
  jq: "jq",
  rsync: "rsync",
  groff: "groff",
  zsh: "zsh",
  fish: "fish",
  saslpasswd2: ["sasl2-bin", "libsasl2-modules"],
  "ansible-playbook": "ansible-core",
  "ansible-lint": "ansible-lint",
  yamllint: "yamllint",
  debootstrap: "debootstrap",
  "systemd-nspawn": "systemd-container",
  "systemd-analyze": "systemd",
  ip: "iproute2",
} as const;

export type SystemProgram = keyof typeof systemPrograms;

/** Programs that alone are not enough: these files of their packages must be there too. */
const companions: Partial<Record<SystemProgram, readonly string[]>> = {
  python3: [
    "/usr/lib/python3/dist-packages/prometheus_client/parser.py",
    "/usr/lib/python3/dist-packages/dkim/__init__.py",
  ],
};

/** What packages would ask about: without an answer Postfix becomes this machine's mail system. */
const packageAnswers: Record<string, string> = {
  postfix: "postfix postfix/main_mailer_type select No configuration",
};

const searchDirectories = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

/** The full path of a system program; throws with the line to run where it is missing. */
export function systemProgram(name: SystemProgram): string {
  const path = locate(name);
  if (path === undefined) throw new Error(`${name} is missing; run: ${installLine(packagesOf([name]))}`);
  return path;
}

/**
 * Makes sure that the programs exist. As root on Debian or Ubuntu the missing packages are installed, and that is said;
 * anywhere else the error names the one line to run.
 */
export async function ensureSystemPrograms(names: readonly SystemProgram[]): Promise<void> {
  const missing = names.filter((name) => locate(name) === undefined);
  if (missing.length === 0) return;
  const packages = packagesOf(missing);
  if (process.getuid?.() !== 0 || !isDebian()) {
    throw new Error(`these programs are missing: ${missing.join(", ")}\nrun: ${installLine(packages)}`);
  }
  console.error(`installing ${packages.join(", ")} from the system's packages, for ${missing.join(", ")}`);
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  const answers = packages.map((name) => packageAnswers[name]).filter((answer) => answer !== undefined);
  if (answers.length > 0) await execa("debconf-set-selections", [], { input: `${answers.join("\n")}\n` });
  await execa("apt-get", ["update", "-qq"], { env: environment, stdout: "ignore" });
  await execa("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], {
    env: environment,
    stdout: "ignore",
  });
}

function locate(name: SystemProgram): string | undefined {
  if (companions[name]?.some((file) => !existsSync(file))) return undefined;
  const directories = [...searchDirectories, ...(process.env.PATH ?? "").split(delimiter), ...postgresDirectories()];
  return directories.map((directory) => join(directory, name)).find((path) => existsSync(path));
}

// Debian keeps PostgreSQL's server programs outside PATH, a directory for each major version.
function postgresDirectories(): string[] {
  return Array.from({ length: 12 }, (_, index) => `/usr/lib/postgresql/${24 - index}/bin`);
}

function packagesOf(names: readonly SystemProgram[]): string[] {
  return [...new Set(names.flatMap((name) => systemPrograms[name]))];
}

function isDebian(): boolean {
  return (
    existsSync("/etc/os-release") && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync("/etc/os-release", "utf8"))
  );
}

function installLine(packages: readonly string[]): string {
  return `sudo apt-get install -y ${packages.join(" ")}`;
}
