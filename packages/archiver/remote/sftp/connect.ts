import { setTimeout as delay } from "node:timers/promises";
import type { Client, SFTPWrapper } from "ssh2";
import SftpClient from "ssh2-sftp-client";
import { prepareDecryptionKey, prepareEncryptionKey } from "./cipher-keys.ts";
import { relaxGarbageCollection } from "./garbage-collection.ts";
import { prepareHandshake } from "./handshake.ts";
import { openLine } from "./line.ts";
import { connectionLost, createSession, type Session } from "./session.ts";
import type { SftpSettings } from "./settings.ts";

export interface SftpConnection {
  /** The connection itself, for what is not SFTP. */
  client: Client;
  sftp: SFTPWrapper;
  session: Session;
  close(): Promise<void>;
}

const farewellTimeout = 2_000;

/** Connects, checks the host key, logs in and begins an SFTP session. Nothing is sent to a host whose key is not known. */
export async function connectSftp(settings: SftpSettings, signal: AbortSignal): Promise<SftpConnection> {
  const { address, port, user, connectTimeout, stallTimeout, keepAlive, jumps = [] } = settings;
  const location = `${user}@${address}:${port}`;
  const handshake = await prepareHandshake(settings, { connectTimeout, keepAlive, via: jumps.at(-1) });
  const line = await openLine(settings, signal);

  const session = createSession({ location, stallTimeout, destroy: () => line.destroy() });
  const onAbort = () => session.lose(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const end = () => {
    session.stop();
    signal.removeEventListener("abort", onAbort);
    line.destroy();
  };

  // Its own listeners print to the console; what happens is handled below.
  const client = new SftpClient("archiver", {});
  const failures: Error[] = [];
  client.on("error", (error: Error) => {
    failures.push(error);
    session.lose(connectionLost(`the connection to ${location} failed: ${error.message}`, error));
  });
  client.on("close", () => session.lose(connectionLost(`${location} has closed the connection`)));

  try {
    const sftp = await client.connect({ ...handshake.config, sock: line.stream });
    line.establish(prepareDecryptionKey(client));
    prepareEncryptionKey(client);
    relaxGarbageCollection();
    sftp.on("error", (error: Error) =>
      session.lose(connectionLost(`${location} breaks the protocol: ${error.message}`)),
    );
    return {
      client: (client as unknown as { client: Client }).client,
      sftp,
      session,
      async close() {
        session.stop();
        // The other side may have ended already, or may never answer.
        if (!line.stream.destroyed)
          await Promise.race([client.end().catch(() => {}), delay(farewellTimeout, undefined, { ref: false })]);
        end();
      },
    };
  } catch (error) {
    end();
    signal.throwIfAborted();
    throw handshake.explain(failures[0] ?? error);
  }
}
