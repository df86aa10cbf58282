import { connect, type Socket } from "node:net";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";

export interface SocketOptions {
  address: string;
  port: number;
  /** Milliseconds. */
  connectTimeout: number;
  signal: AbortSignal;
}

export interface TransferSocket {
  socket: Socket;
  /** From now on bytes that arrive are valid only while their `data` event lasts: nothing is allocated for them any more. */
  reuseMemory(): void;
}

const receiveBytes = 256 * 1024;

/**
 * A TCP connection without Nagle's algorithm, which would hold back every request for reads (ssh2 leaves it on).
 * Fails with `host-unreachable`.
 */
export function openSocket({ address, port, connectTimeout, signal }: SocketOptions): Promise<TransferSocket> {
  return new Promise((resolve, reject) => {
    let isReused = false;
    const socket: Socket = connect({
      host: address,
      port,
      noDelay: true,
      keepAlive: true,
      onread: {
        buffer: Buffer.allocUnsafeSlow(receiveBytes),
        callback(count, memory) {
          const bytes = Buffer.from(memory.buffer, memory.byteOffset, count);
          return socket.emit("data", isReused ? bytes : Buffer.from(bytes));
        },
      },
    });
    const reuseMemory = () => {
      isReused = true;
    };
    const settle = (action: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.removeAllListeners();
      action();
    };
    const fail = (error: unknown) =>
      settle(() => {
        socket.on("error", () => {}); // what comes after the first failure tells nothing new
        socket.destroy();
        reject(error);
      });
    const timer = setTimeout(() => fail(unreachable("no answer")), connectTimeout);
    const onAbort = () => fail(signal.reason);
    const unreachable = (reason: string, cause?: unknown) =>
      new OperationError("host-unreachable", `${address} port ${port} cannot be reached: ${reason}`, {
        hint: hintFor(cause),
        cause,
      });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    socket.once("error", (error) => fail(unreachable(describe(error), error)));
    socket.once("connect", () => settle(() => resolve({ socket: joinWrites(socket), reuseMemory })));
  });
}

/**
 * Sends what is written within one turn of the event loop in one piece: ssh2 writes each packet in three parts, and without
 * Nagle's algorithm each part would travel alone.
 */
function joinWrites(socket: Socket): Socket {
  const write = socket.write.bind(socket);
  let isJoining = false;
  socket.write = (chunk: Uint8Array | string) => {
    if (!isJoining) {
      isJoining = true;
      socket.cork();
      setImmediate(() => {
        isJoining = false;
        socket.uncork();
      });
    }
    return write(chunk);
  };
  return socket;
}

// With several addresses Node collects the failures in an AggregateError without a message.
function describe(error: Error): string {
  if (hasErrorCode(error, "ENOTFOUND")) return "no address is known for this name";
  if (hasErrorCode(error, "EAI_AGAIN")) return "the name service does not answer";
  if (hasErrorCode(error, "ECONNREFUSED")) return "the connection is refused";
  if (error instanceof AggregateError) return error.errors.map(errorMessage).join(", ");
  return error.message;
}

function hintFor(cause: unknown): string {
  if (hasErrorCode(cause, "ENOTFOUND", "EAI_AGAIN"))
    return "check `address` in the configuration and the name service of this machine";
  if (hasErrorCode(cause, "ECONNREFUSED")) return "check that sshd runs at the host and listens on this port";
  return "check that the host is up and that no firewall stands between";
}
