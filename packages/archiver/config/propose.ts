import { readFile } from "node:fs/promises";
import type { Questions } from "@catapullt/core/cli/questions";
import { checkText } from "@catapullt/core/config/check-text";
import type { Proposal } from "@catapullt/core/config/init";
import { absolutePathSchema, applicationNameSchema, hostSchema } from "@catapullt/core/config/schema";
import { hasErrorCode } from "@catapullt/core/errors";
import { quoteForShell } from "@catapullt/core/shell-words";
import { hostNameSchema } from "./schema.ts";
import { sftpFields } from "./sftp.ts";

const knownHostsFile = "/etc/backup-tools/known_hosts";
const retention = { last: 3, daily: 7, weekly: 4, monthly: 12, yearly: 2 };

/** The archiver's first configuration: the vault, and one host where somebody says which. */
export async function proposeConfig(questions: Questions): Promise<Proposal> {
  const path = checkText(absolutePathSchema);
  const vault = await questions.ask({
    text: "where archives are kept (the vault)",
    initial: "/srv/backups",
    check: path,
  });
  const name = await questions.ask({
    text: "name of the first host to pull from (empty: none yet)",
    initial: "",
    check: (answer) => (answer === "" ? undefined : checkText(hostNameSchema)(answer)),
  });
  const header = [
    "What the archiver keeps, and where it comes from. Written by: archiver init",
    "Lines that begin with `# ` and a key show what may be set. Check changes: archiver config check",
  ];
  const makeVault = `mkdir -p -m 0750 ${quoteForShell(vault)}`;
  if (name === "") {
    const example = {
      ...describeHost("wiki01.example.com", "backup", "/etc/backup-tools/id_ed25519"),
      ...expecting("confluence"),
    };
    return {
      draft: { header, values: { vault, retention }, examples: { hosts: { wiki01: example } } },
      nextSteps: [makeVault, "name a host below `hosts` in the file", "archiver config check"],
    };
  }
  const address = await questions.ask({ text: "its name or address", initial: name, check: checkText(hostSchema) });
  const user = await questions.ask({
    text: "user to log in as there",
    initial: "backup",
    check: checkText(sftpFields.user),
  });
  const identityFile = await questions.ask({
    text: "private key to log in with",
    initial: "/etc/backup-tools/id_ed25519",
    check: path,
  });
  const application = await questions.ask({
    text: "an application that is backed up there (empty: later)",
    initial: "",
    check: (answer) => (answer === "" ? undefined : checkText(applicationNameSchema)(answer)),
  });
  const host = describeHost(address, user, identityFile);
  return {
    draft: {
      header,
      values: {
        vault,
        retention,
        hosts: { [name]: application === "" ? host : { ...host, ...expecting(application) } },
      },
      examples: { hosts: { [name]: { port: 22, ...(application === "" ? expecting("confluence") : {}) } } },
    },
    nextSteps: [
      makeVault,
      ...(await trustSteps({ address, user, identityFile })),
      "archiver config check",
      "archiver pull --dry-run",
    ],
  };
}

function describeHost(address: string, user: string, identityFile: string) {
  return { address, user, identityFile, knownHostsFile, path: "/var/backups/backup-tools" };
}

function expecting(application: string) {
  return { expect: { [application]: { schedule: "0 2 * * *", grace: "4h" } } };
}

/** The key, its line for the other host's authorized_keys, and that host's key, each to be looked at by a person. */
async function trustSteps({
  address,
  user,
  identityFile,
}: {
  address: string;
  user: string;
  identityFile: string;
}): Promise<string[]> {
  const key = await readPublicKey(`${identityFile}.pub`);
  return [
    ...(key === undefined ? [`ssh-keygen -t ed25519 -N '' -f ${quoteForShell(identityFile)}`] : []),
    `on ${address}, into ~${user}/.ssh/authorized_keys:`,
    `  restrict,command="internal-sftp" ${key ?? `PUBLIC KEY (what ${identityFile}.pub holds)`}`,
    `ssh-keyscan -t ed25519 ${quoteForShell(address)} >> ${knownHostsFile}`,
    `compare ssh-keygen -lf ${knownHostsFile} with what this prints on ${address}: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`,
  ];
}

async function readPublicKey(path: string): Promise<string | undefined> {
  try {
    const text = (await readFile(path, "utf8")).trim();
    return /^ssh-\S+ \S+[^\n]*$/.test(text) ? text : undefined;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "EACCES", "ENOTDIR", "EISDIR")) return undefined;
    throw error;
  }
}
