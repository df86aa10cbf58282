import { timingSafeEqual } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import ssh2, { type AuthContext, type Connection, type PublicKeyAuthContext } from "ssh2";
import type { SftpFaults } from "./embedded-sftp-faults.ts";
import { serveSftp } from "./embedded-sftp-session.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

export interface EmbeddedSftpOptions {
  /** What clients see as `/`. */
  directory: string;
  /** Whether clients may write; otherwise they can read and remove files only. */
  writable?: boolean | undefined;
  faults?: SftpFaults | undefined;
}

export interface EmbeddedSftpServer {
  address: "127.0.0.1";
  port: number;
  user: string;
  /** A private key (OpenSSH's format, mode 0600) that the server accepts. */
  identityFile: string;
  /** A file with the host key's line, and the line itself. */
  knownHostsFile: string;
  knownHosts: string;
  /** Bytes of file contents sent so far, over all connections. */
  bytesSent(): number;
  connections(): number;
  stop(): Promise<void>;
}

/** An SSH and SFTP server inside this process, with keys of its own: for the demo and, with faults, for tests. */
export async function startEmbeddedSftpServer({
  directory,
  writable = false,
  faults = {},
}: EmbeddedSftpOptions): Promise<EmbeddedSftpServer> {
  const files = createTemporaryDirectory("sftp");
  const hostKey = createKeyPair();
  const clientKey = createKeyPair();
  const identityFile = join(files.path, "identity");
  writeFileSync(identityFile, clientKey.private, { mode: 0o600 });

  const connections = new Set<Connection>();
  let accepted = 0;
  let bytesSent = 0;
  const sshServer = new ssh2.Server({ hostKeys: [hostKey.private], ident: "OpenSSH_embedded" }, (connection) => {
    accepted += 1;
    const number = accepted;
    connections.add(connection);
    connection.on("error", () => {}); // a client may leave as it likes
    connection.on("close", () => connections.delete(connection));
    connection.on("authentication", (context) => authenticate(context, clientKey.public));
    connection.on("session", (acceptSession) => {
      const session = acceptSession();
      session.on("sftp", (acceptSftp) => {
        serveSftp(acceptSftp(), {
          directory,
          writable,
          faults,
          connection: number,
          drop: () => connection.end(),
          onSent: (bytes) => {
            bytesSent += bytes;
          },
        });
      });
    });
  });
  // A server of its own, since ssh2's leaves Nagle's algorithm on: every answer would wait for an acknowledgement.
  const server = createServer({ noDelay: true }, (socket) => sshServer.injectSocket(socket));
  const port = await listen(server);
  const knownHosts = `[127.0.0.1]:${port} ${hostKey.public}\n`;
  const knownHostsFile = join(files.path, "known_hosts");
  writeFileSync(knownHostsFile, knownHosts);
  return {
    address: "127.0.0.1",
    port,
    user: "backup",
    identityFile,
    knownHostsFile,
    knownHosts,
    bytesSent: () => bytesSent,
    connections: () => accepted,
    stop() {
      files.remove();
      for (const connection of connections) connection.end();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

// About one in two hundred keys that ssh2 makes cannot be read again.
function createKeyPair(): { private: string; public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519");
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
      resolve(address.port);
    });
  });
}

function authenticate(context: AuthContext, publicKey: string): void {
  if (context.method === "publickey" && context.username === "backup" && isAllowed(context, publicKey))
    context.accept();
  else context.reject(["publickey"]);
}

function isAllowed({ key, signature, blob, hashAlgo }: PublicKeyAuthContext, publicKey: string): boolean {
  const allowed = ssh2.utils.parseKey(publicKey);
  if (allowed instanceof Error) throw allowed;
  const expected = allowed.getPublicSSH();
  if (key.data.length !== expected.length || !timingSafeEqual(key.data, expected)) return false;
  return signature === undefined || blob === undefined || allowed.verify(blob, signature, hashAlgo) === true;
}
