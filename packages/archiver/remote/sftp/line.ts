import type { Duplex } from "node:stream";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import ssh2, { type Client, type ClientChannel } from "ssh2";
import { type Handshake, prepareHandshake } from "./handshake.ts";
import type { HopSettings, SftpSettings } from "./settings.ts";
import { openSocket } from "./socket.ts";
import { openWindow } from "./window.ts";

/** A stream of bytes to an SSH server's port. */
export interface Line {
  stream: Duplex;
  /** To be called after the login; `keepsNothing`: bytes that have arrived are no longer needed once they were given. */
  establish(keepsNothing: boolean): void;
  /** Cuts it, and the connections to all machines in between. */
  destroy(): void;
}

/** A jump host has a window of its own. */
const windowBytes = 16 * 1024 * 1024;

/** Opens a line to the host, through its jump hosts where it has some. Fails with `host-unreachable`, or with what a login fails with. */
export async function openLine(
  { jumps = [], connectTimeout, keepAlive, ...host }: SftpSettings,
  signal: AbortSignal,
): Promise<Line> {
  // Before anything is opened: what a server says at once would find nobody who listens.
  const hops = await Promise.all(
    jumps.map(async (at, index) => {
      const handshake = await prepareHandshake(at, { connectTimeout, keepAlive, via: jumps[index - 1] });
      return { at, next: jumps[index + 1] ?? host, handshake };
    }),
  );
  const { address, port } = jumps[0] ?? host;
  const { socket, reuseMemory } = await openSocket({ address, port, connectTimeout, signal });
  let line: Line = {
    stream: socket,
    establish(keepsNothing) {
      if (keepsNothing) reuseMemory();
    },
    destroy: () => socket.destroy(),
  };
  for (const hop of hops) line = await openOnward(line, hop, signal);
  return line;
}

interface Hop {
  /** The machine at the line's end, and the one to be reached from there. */
  at: HopSettings;
  next: HopSettings;
  handshake: Handshake;
}

async function openOnward(line: Line, { at, next, handshake }: Hop, signal: AbortSignal): Promise<Line> {
  const client = new ssh2.Client();
  const destroy = () => {
    client.destroy();
    line.destroy();
  };
  signal.addEventListener("abort", destroy, { once: true });
  try {
    await logIn(client, line, handshake.config).catch((error: unknown) => {
      throw handshake.explain(error);
    });
    const channel = await forward(client, { at, next });
    client.on("close", () => channel.destroy());
    return {
      stream: channel,
      establish() {
        channel.on("data", openWindow(channel, windowBytes));
      },
      destroy,
    };
  } catch (error) {
    destroy();
    signal.throwIfAborted();
    throw error;
  }
}

function logIn(client: Client, line: Line, config: object): Promise<void> {
  return new Promise((resolve, reject) => {
    // What comes after the login is told by the line's end.
    client.on("error", reject);
    client.once("close", () => reject(new Error("Connection lost before handshake")));
    client.once("ready", () => {
      line.establish(false);
      resolve();
    });
    client.connect({ ...config, sock: line.stream });
  });
}

const administrativelyProhibited = 1;

function forward(client: Client, { at, next }: Pick<Hop, "at" | "next">): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, next.address, next.port, (error, channel) => {
      if (error === undefined) return resolve(channel);
      const target = `${next.address} port ${next.port}`;
      const isForbidden = "reason" in error && error.reason === administrativelyProhibited;
      reject(
        isForbidden
          ? new OperationError(
              "access-denied",
              `the jump host ${at.address} does not let ${at.user} through to ${target}`,
              {
                hint: `sshd_config there needs for this user: AllowTcpForwarding local, and PermitOpen ${next.address}:${next.port} or none`,
                cause: error,
              },
            )
          : new OperationError(
              "host-unreachable",
              `the jump host ${at.address} cannot reach ${target}: ${errorMessage(error).replace(/^\(SSH\) /, "")}`,
              { hint: "check the address as that machine knows it, and that no firewall stands between", cause: error },
            ),
      );
    });
  });
}
