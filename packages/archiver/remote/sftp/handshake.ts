import { errorMessage, OperationError } from "@catapullt/core/errors";
import type { ConnectConfig } from "ssh2";
import { hostKeyError } from "../host-key-error.ts";
import { readKnownHosts } from "../known-hosts/files.ts";
import { type HostAddress, judgeHostKey, knownKeyTypes } from "../known-hosts/judge.ts";
import { standardPort } from "../known-hosts/match.ts";
import { hostKeyAlgorithms, preferredCiphers } from "./algorithms.ts";
import { loadIdentity } from "./identity.ts";
import type { HopSettings } from "./settings.ts";

export interface HandshakeOptions {
  /** Milliseconds. */
  connectTimeout: number;
  keepAlive: number;
  /** The machine that the host is reached through, for messages. */
  via: HopSettings | undefined;
}

export interface Handshake {
  /** For ssh2, all but the line itself. */
  config: ConnectConfig;
  /** Why it failed, for the user. */
  explain(error: unknown): Error;
}

/** Prepares the login at one SSH server: its key is checked before anything is sent, a jump host's as well. */
export async function prepareHandshake(
  hop: HopSettings,
  { connectTimeout, keepAlive, via }: HandshakeOptions,
): Promise<Handshake> {
  const identity = await loadIdentity(hop.identity);
  const knownHosts = await readKnownHosts(hop.knownHostsFiles);
  const knownAs = nameInKnownHosts(hop);
  let refusal: OperationError | undefined;
  return {
    config: {
      username: hop.user,
      authHandler: [identity.method(hop.user)],
      hostVerifier: (key: Buffer) => {
        const verdict = judgeHostKey(knownHosts, knownAs, key);
        if (verdict.kind === "known") return true;
        const { address, port, hostKeyAlias, knownHostsFiles } = hop;
        refusal = hostKeyError({
          host: { address, port },
          hostKeyAlias,
          via,
          key,
          verdict,
          knownHostsFile: knownHostsFiles[0],
        });
        return false;
      },
      algorithms: { serverHostKey: hostKeyAlgorithms(knownKeyTypes(knownHosts, knownAs)), cipher: preferredCiphers },
      readyTimeout: connectTimeout,
      keepaliveInterval: keepAlive,
    },
    explain: (error) => refusal ?? loginError(error, hop, identity.publicKeys),
  };
}

/** As OpenSSH does, an alias stands without a port. */
function nameInKnownHosts({ address, port, hostKeyAlias }: HopSettings): HostAddress {
  return hostKeyAlias === undefined ? { address, port } : { address: hostKeyAlias, port: standardPort };
}

function loginError(error: unknown, { address, port, user }: HopSettings, publicKeys: readonly string[]): Error {
  const level = error instanceof Error && "level" in error ? error.level : undefined;
  if (level === "client-authentication" || level === "agent") {
    return new OperationError("access-denied", `${address} port ${port} refuses the login of ${user}`, {
      hint: `the public key must be in ${user}'s authorized_keys at the host:\n${publicKeys.join("\n")}`,
      cause: error,
    });
  }
  if (level === "client-timeout") {
    return new OperationError("host-unreachable", `${address} port ${port} does not answer in SSH's language in time`, {
      hint: "check that an SSH server listens on this port and is not overloaded",
      cause: error,
    });
  }
  if (/subsystem|Unable to exec|Unable to start/i.test(errorMessage(error))) {
    return new OperationError(
      "access-denied",
      `${address} port ${port} offers ${user} no SFTP: ${errorMessage(error)}`,
      {
        hint: "sshd_config at the host needs the line: Subsystem sftp internal-sftp",
        cause: error,
      },
    );
  }
  return new OperationError(
    "host-unreachable",
    `no SSH connection to ${address} port ${port}: ${errorMessage(error).replace(/^\w+: /, "")}`,
    { hint: `look closer with: ssh -v -p ${port} ${user}@${address}`, cause: error },
  );
}
