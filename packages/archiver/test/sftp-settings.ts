import type { SftpSettings } from "../remote/sftp/settings.ts";
import type { ServerAccess } from "./backup-host.ts";

/** How to reach a directory behind a server of the testkit. */
export function sftpSettings(
  { address, port, user, identityFile, knownHostsFile }: ServerAccess,
  path: string,
): SftpSettings {
  return {
    address,
    port,
    user,
    identity: { kind: "file", file: identityFile, passphrase: undefined },
    knownHostsFiles: [knownHostsFile],
    path,
    connectTimeout: 20_000,
    stallTimeout: 20_000,
    keepAlive: 15_000,
  };
}
