import { readSecret } from "@catapullt/core/config/secret";
import type { hostLimitFields } from "../config/limits.ts";
import type { Destination } from "../config/push.ts";
import { defaultKnownHostsFiles, type HostConfig, type SftpHostConfig } from "../config/schema.ts";
import type { Depot } from "./depot.ts";
import { openLocalRemote } from "./local.ts";
import { openLocalDepot } from "./local-depot.ts";
import type { Remote } from "./remote.ts";
import type { SftpSettings } from "./sftp/connect.ts";
import { openSftpDepot } from "./sftp/depot.ts";
import { openSftpRemote } from "./sftp/remote.ts";

export interface OpenRemoteOptions {
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** At most so many bytes of a file are asked for ahead, where a rate is to be kept. */
  bytesAhead?: number | undefined;
}

/** The registry of ways to reach a host's work directory, by the `type` of the host. */
export async function openRemote(
  host: HostConfig,
  { environment, signal, bytesAhead }: OpenRemoteOptions,
): Promise<Remote> {
  switch (host.type) {
    case "sftp":
      return openSftpRemote({ ...(await sftpSettings(host, environment)), bytesAhead }, signal);
    case "local":
      return openLocalRemote(host.path);
  }
}

/** The same for where archives are pushed to. */
export async function openDepot(to: Destination, { environment, signal }: OpenRemoteOptions): Promise<Depot> {
  switch (to.type) {
    case "sftp":
      return openSftpDepot(await sftpSettings(to, environment), signal);
    case "local":
      return openLocalDepot(to.path);
  }
}

type SftpAccess = Omit<SftpHostConfig, "expect" | keyof typeof hostLimitFields>;

async function sftpSettings(host: SftpAccess, environment: NodeJS.ProcessEnv): Promise<SftpSettings> {
  const { identityFile, passphrase } = host;
  return {
    ...host,
    knownHostsFiles: host.knownHostsFile === undefined ? defaultKnownHostsFiles(environment) : [host.knownHostsFile],
    identity:
      identityFile === undefined
        ? { kind: "agent", socket: environment.SSH_AUTH_SOCK }
        : {
            kind: "file",
            file: identityFile,
            passphrase: passphrase === undefined ? undefined : await readSecret(passphrase, environment),
          },
  };
}
