import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packedPrograms } from "@catapullt/pack/programs";
import { packProgram } from "@catapullt/pack/tarball";
import { type DebianHost, startDebianHosts } from "@catapullt/testkit/debian-hosts";
import { buildGitea } from "@catapullt/testkit/gitea";
import { type SmtpSink, startSmtpSink } from "@catapullt/testkit/smtp-sink";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { execa } from "execa";

const repository = fileURLToPath(new URL("../../", import.meta.url));

export interface AnsibleLab {
  git: DebianHost;
  intranet: DebianHost;
  backup: DebianHost;
  /** The administrator's home. */
  home: string;
  mails: SmtpSink["mails"];
  /** Where the roles and the packages are as they come. */
  checkout: string;
  /** Makes the example inventory that of the lab's hosts, once it lies in `~/infrastructure/ansible`. */
  adaptInventory(): Promise<void>;
  /** Runs a shell's script as the administrator, in `~/infrastructure/ansible` unless another directory is given. */
  run(script: string, directory?: string): Promise<{ exitCode: number | undefined; output: string }>;
  stop(): Promise<void>;
}

export const smtpPassword = "correct-horse-battery";

/** Two application hosts with something to back up, a backup host, a mail server, and a controller with the roles. */
export async function startAnsibleLab(): Promise<AnsibleLab> {
  const directory = createTemporaryDirectory("ansible");
  const home = directory.path;
  const checkout = join(home, "checkout");
  const infrastructure = join(home, "infrastructure");
  const lan = await startDebianHosts(["git01", "intranet01", "backup01"], ["mail.example.com"]);
  const sink = await startSmtpSink({
    address: lan.address,
    name: "mail.example.com",
    security: "starttls",
    authentication: { user: "backup", password: smtpPassword },
  });
  const { git01: git, intranet01: intranet, backup01: backup } = lan.hosts;
  if (git === undefined || intranet === undefined || backup === undefined) throw new Error("all hosts were started");
  const stop = async () => {
    await Promise.all([sink.close(), lan.stop()]);
    directory.remove();
  };
  try {
    await fillHosts({ home, git, intranet });
    await prepareController(checkout);
    mkdirSync(infrastructure);
    for (const host of [git, intranet, backup])
      writeFileSync(join(host.root, "etc/mail-authority.pem"), readFileSync(String(sink.authorityFile)));
  } catch (error) {
    await stop();
    throw error;
  }
  const ssh = `-F ${lan.sshConfigFile} -o ControlMaster=auto -o ControlPersist=60s -o ControlPath=${home}/%C`;
  const environment = {
    HOME: home,
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    ANSIBLE_SSH_ARGS: ssh,
    ANSIBLE_PIPELINING: "True",
    ANSIBLE_NOCOLOR: "1",
  };
  return {
    ...{ git, intranet, backup, home, checkout, mails: sink.mails, stop },
    adaptInventory: () => adaptInventory(home, { port: sink.port }),
    async run(script, directory = join(infrastructure, "ansible")) {
      const result = await execa("sh", ["-ec", script], {
        ...{ cwd: directory, env: environment, extendEnv: false, reject: false, all: true },
        stdin: "ignore",
      });
      return { exitCode: result.exitCode, output: String(result.all) };
    },
  };
}

async function fillHosts({
  home,
  git,
  intranet,
}: {
  home: string;
  git: DebianHost;
  intranet: DebianHost;
}): Promise<void> {
  // SQLite does not open files through /proc/…/root.
  const gitea = buildGitea({ root: join(home, "gitea") });
  cpSync(join(home, "gitea", gitea.workPath), join(git.root, gitea.workPath), { recursive: true });
  cpSync(join(home, "gitea", gitea.program), join(git.root, "usr/local/bin/gitea"));
  mkdirSync(join(intranet.root, "srv/intranet/uploads"), { recursive: true });
  writeFileSync(join(intranet.root, "srv/intranet/uploads/page.txt"), "what the company knows\n");
}

async function prepareController(checkout: string): Promise<void> {
  const dist = join(checkout, "dist");
  mkdirSync(dist, { recursive: true });
  for (const program of packedPrograms) await packProgram(program, dist);
  cpSync(join(repository, "ansible"), join(checkout, "ansible"), { recursive: true });
}

async function adaptInventory(home: string, { port }: { port: number }): Promise<void> {
  const place = join(home, "infrastructure/ansible");
  // The example as it stands, but for the password, the mail server's port and who has signed its certificate.
  const edit = (file: string, from: string, to: string) => {
    const path = join(place, "inventory", file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(from)) throw new Error(`${path} does not contain ${from}`);
    writeFileSync(path, text.replace(from, to));
  };
  edit("group_vars/all/vault.yml", "change-me", smtpPassword);
  edit("group_vars/all/backup.yml", "port: 587", `port: ${port}\n      caFile: /etc/mail-authority.pem`);
  writeFileSync(join(home, ".vault-password"), "opens the vault\n", { mode: 0o600 });
  await packNode(home, join(place, "files/node.tar.gz"));
}

/** This Node, in the form that npm's package has. */
async function packNode(home: string, archive: string): Promise<void> {
  mkdirSync(join(home, "node/package"), { recursive: true });
  symlinkSync(dirname(process.execPath), join(home, "node/package/bin"));
  await execa("tar", ["-chf", archive, "--use-compress-program=gzip -1", "-C", join(home, "node"), "package/bin/node"]);
}
