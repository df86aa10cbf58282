import { readSecret } from "@catapullt/core/config/secret";
import { defaultKnownHostsFiles, type HostConfig, type SftpHostConfig } from "../config/schema.ts";
import { openLocalRemote } from "./local.ts";
import type { Remote } from "./remote.ts";
import type { SftpSettings } from "./sftp/connect.ts";
import { openSftpRemote } from "./sftp/remote.ts";

export interface OpenRemoteOptions {
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** The registry of ways to reach a host's work directory, by the `type` of the host. */
export async function openRemote(host: HostConfig, { environment, signal }: OpenRemoteOptions): Promise<Remote> {
  switch (host.type) {
    case "sftp":
      return openSftpRemote(await sftpSettings(host, environment), signal);
    case "local":
      return openLocalRemote(host.path);
  }
}

async function sftpSettings(host: SftpHostConfig, environment: NodeJS.ProcessEnv): Promise<SftpSettings> {
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
