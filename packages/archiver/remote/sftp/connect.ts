import { setTimeout as delay } from "node:timers/promises";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import type { SFTPWrapper } from "ssh2";
import SftpClient from "ssh2-sftp-client";
import { hostKeyError } from "../host-key-error.ts";
import { readKnownHosts } from "../known-hosts/files.ts";
import { type HostAddress, judgeHostKey, knownKeyTypes } from "../known-hosts/judge.ts";
import type { KnownHostLine } from "../known-hosts/parse.ts";
import { hostKeyAlgorithms, preferredCiphers } from "./algorithms.ts";
import { prepareDecryptionKey, prepareEncryptionKey } from "./cipher-keys.ts";
import { relaxGarbageCollection } from "./garbage-collection.ts";
import { type Identity, type IdentitySettings, loadIdentity } from "./identity.ts";
import { connectionLost, createSession, type Session } from "./session.ts";
import { openSocket } from "./socket.ts";

export interface SftpSettings {
  address: string;
  port: number;
  user: string;
  identity: IdentitySettings;
  /** Read in this order; the first is named as the place for new keys. */
  knownHostsFiles: readonly [string, ...string[]];
  /** The work directory as the user sees it. */
  path: string;
  /** Milliseconds. */
  connectTimeout: number;
  stallTimeout: number;
  /** How often the host is asked for a sign of life while nothing else is sent. */
  keepAlive: number;
  /** At most so many bytes of a file are asked for ahead of what has come. Default: what the line holds. */
  bytesAhead?: number | undefined;
}

export interface SftpConnection {
  sftp: SFTPWrapper;
  session: Session;
  close(): Promise<void>;
}

const farewellTimeout = 2_000;

/** Connects, checks the host key, logs in and begins an SFTP session. Nothing is sent to a host whose key is not known. */
export async function connectSftp(settings: SftpSettings, signal: AbortSignal): Promise<SftpConnection> {
  const { address, port, user, stallTimeout } = settings;
  const location = `${user}@${address}:${port}`;
  const identity = await loadIdentity(settings.identity);
  const knownHosts = await readKnownHosts(settings.knownHostsFiles);
  const { socket, reuseMemory } = await openSocket({ address, port, connectTimeout: settings.connectTimeout, signal });

  const session = createSession({ location, stallTimeout, destroy: () => socket.destroy() });
  const onAbort = () => session.lose(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const end = () => {
    session.stop();
    signal.removeEventListener("abort", onAbort);
    socket.destroy();
  };

  // Its own listeners print to the console; what happens is handled below.
  const client = new SftpClient("archiver", {});
  const failures: Error[] = [];
  client.on("error", (error: Error) => {
    failures.push(error);
    session.lose(connectionLost(`the connection to ${location} failed: ${error.message}`, error));
  });
  client.on("close", () => session.lose(connectionLost(`${location} has closed the connection`)));

  const hostKey = verifyHostKey(settings, knownHosts);
  try {
    const sftp = await client.connect({
      sock: socket,
      username: user,
      authHandler: [identity.method(user)],
      hostVerifier: hostKey.verify,
      algorithms: {
        serverHostKey: hostKeyAlgorithms(knownKeyTypes(knownHosts, settings)),
        cipher: preferredCiphers,
      },
      readyTimeout: settings.connectTimeout,
      keepaliveInterval: settings.keepAlive,
    });
    if (prepareDecryptionKey(client)) reuseMemory();
    prepareEncryptionKey(client);
    relaxGarbageCollection();
    sftp.on("error", (error: Error) =>
      session.lose(connectionLost(`${location} breaks the protocol: ${error.message}`)),
    );
    return {
      sftp,
      session,
      async close() {
        session.stop();
        // The other side may have ended already, or may never answer.
        if (!socket.destroyed)
          await Promise.race([client.end().catch(() => {}), delay(farewellTimeout, undefined, { ref: false })]);
        end();
      },
    };
  } catch (error) {
    end();
    signal.throwIfAborted();
    throw hostKey.refusal() ?? loginError(failures[0] ?? error, { settings, identity });
  }
}

interface HostKeyCheck {
  verify: (key: Buffer) => boolean;
  /** Why the key was refused, once it was. */
  refusal: () => OperationError | undefined;
}

function verifyHostKey(
  settings: HostAddress & Pick<SftpSettings, "knownHostsFiles">,
  knownHosts: KnownHostLine[],
): HostKeyCheck {
  let refusal: OperationError | undefined;
  return {
    verify(key) {
      const verdict = judgeHostKey(knownHosts, settings, key);
      if (verdict.kind === "known") return true;
      refusal = hostKeyError({ host: settings, key, verdict, knownHostsFile: settings.knownHostsFiles[0] });
      return false;
    },
    refusal: () => refusal,
  };
}

function loginError(error: unknown, { settings, identity }: { settings: SftpSettings; identity: Identity }): Error {
  const { address, port, user } = settings;
  const level = error instanceof Error && "level" in error ? error.level : undefined;
  if (level === "client-authentication" || level === "agent") {
    return new OperationError("access-denied", `${address} port ${port} refuses the login of ${user}`, {
      hint: `the public key must be in ${user}'s authorized_keys at the host:\n${identity.publicKeys.join("\n")}`,
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
