import { readFileSync, writeFileSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startGuardedServer } from "@catapullt/core/process/guard";
import { freePort } from "./free-port.ts";
import { acceptsConnections } from "./listening.ts";
import { createSshKey, type SshKeyType } from "./ssh-keys.ts";
import { systemProgram } from "./system-packages.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

export interface SshServerOptions {
  /** Who may log in: this process's user unless given. Only root can offer another one. */
  user?: string | undefined;
  hostKeyTypes?: readonly SshKeyType[] | undefined;
  /** Host keys of another server, to stand in for it: the directory that it calls `hostKeyDirectory`. */
  hostKeyDirectory?: string | undefined;
  port?: number | undefined;
  /** Lets clients run any command, as `rsync` needs it; otherwise there is SFTP only. */
  commands?: boolean | undefined;
  /** More lines of sshd_config, such as `ChrootDirectory /srv/sftp`. */
  configuration?: readonly string[] | undefined;
}

export interface ThrowawaySshServer {
  address: "127.0.0.1";
  port: number;
  user: string;
  /** A private key that the server accepts. */
  identityFile: string;
  /** Public keys of the host, `ssh-ed25519 AAAA…`, by type. */
  hostKeys: Partial<Record<SshKeyType, string>>;
  /** A file with a line for each host key. */
  knownHostsFile: string;
  hostKeyDirectory: string;
  /** Replaces the public keys that may log in. */
  authorize(publicKeys: readonly string[]): void;
  /** What the server has logged. */
  log(): string;
  /** Ends the server and removes its files. Idempotent. */
  stop(): Promise<void>;
}

const startLimit = 20_000;

/**
 * Starts OpenSSH's own server on a free port of 127.0.0.1 with a configuration, host keys and authorized keys of its own
 * and SFTP only. It ends with `stop()` or with this process, however that ends.
 */
export async function startSshServer(options: SshServerOptions = {}): Promise<ThrowawaySshServer> {
  const { hostKeyTypes = ["ed25519"], configuration = [], user = userInfo().username } = options;
  const directory = createTemporaryDirectory("sshd").path;
  const hostKeyDirectory = options.hostKeyDirectory ?? directory;
  const port = options.port ?? (await freePort());
  const log = join(directory, "sshd.log");
  const authorizedKeys = join(directory, "authorized_keys");

  const hostKeys: Partial<Record<SshKeyType, string>> = {};
  for (const type of hostKeyTypes) {
    const file = join(hostKeyDirectory, `host_${type}`);
    hostKeys[type] =
      options.hostKeyDirectory === undefined
        ? (await createSshKey(file, { type })).publicKey
        : readFileSync(`${file}.pub`, "utf8").trim();
  }
  const identity = await createSshKey(join(directory, "identity"));
  const authorize = (publicKeys: readonly string[]) => writeFileSync(authorizedKeys, `${publicKeys.join("\n")}\n`);
  authorize([identity.publicKey]);
  const knownHostsFile = join(directory, "known_hosts");
  const knownHosts = Object.values(hostKeys).map((key) => `[127.0.0.1]:${port} ${key}\n`);
  writeFileSync(knownHostsFile, knownHosts.join(""));

  const configurationFile = join(directory, "sshd_config");
  const lines = [
    `ListenAddress 127.0.0.1:${port}`,
    ...hostKeyTypes.map((type) => `HostKey ${join(hostKeyDirectory, `host_${type}`)}`),
    `AuthorizedKeysFile ${authorizedKeys}`,
    `PidFile ${join(directory, "sshd.pid")}`,
    `AllowUsers ${user}`,
    "StrictModes no",
    "UsePAM no",
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "MaxStartups 100:30:200",
    "LogLevel VERBOSE",
    "Subsystem sftp internal-sftp",
    ...(options.commands ? [] : ["ForceCommand internal-sftp"]),
    ...configuration,
  ];
  writeFileSync(configurationFile, `${lines.join("\n")}\n`);
  // The server runs as another user than root after the login; it reads the keys with that user's rights.
  if (userInfo().uid === 0) await openToOthers(directory, authorizedKeys);

  const { end: stop } = startGuardedServer({
    command: [systemProgram("sshd"), "-D", "-e", "-f", configurationFile],
    log,
    directory,
  });
  try {
    await waitUntilListening(port, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address: "127.0.0.1",
    port,
    user,
    identityFile: identity.file,
    hostKeys,
    knownHostsFile,
    hostKeyDirectory,
    authorize,
    log: () => readFileSync(log, "utf8"),
    stop,
  };
}

async function openToOthers(directory: string, authorizedKeys: string): Promise<void> {
  await chmod(directory, 0o711);
  await chmod(authorizedKeys, 0o644);
  await mkdir("/run/sshd", { recursive: true, mode: 0o755 }); // where sshd confines itself before the login
}

async function waitUntilListening(port: number, log: string): Promise<void> {
  const limit = performance.now() + startLimit;
  while (!(await acceptsConnections(port))) {
    if (performance.now() > limit)
      throw new Error(`the throwaway sshd did not start:\n${readFileSync(log, "utf8").slice(-4000)}`);
    await delay(20);
  }
}
