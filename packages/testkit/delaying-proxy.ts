import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface DelayingProxyOptions {
  /** The port of this host that every connection leads to. */
  port: number;
  /** Milliseconds that all bytes take in each direction: half of the round trip. */
  delay: number;
}

export interface DelayingProxy {
  port: number;
  /** The most bytes that were on their way from the server to the client at one moment, over all connections. */
  mostUnderWay(): number;
  connections(): number;
  /** Cuts the connections that are open now. */
  cut(): void;
  close(): Promise<void>;
}

/** A long line to a port of this host: everything arrives later, in order, and nothing limits how much is on its way. */
export async function startDelayingProxy({ port, delay }: DelayingProxyOptions): Promise<DelayingProxy> {
  const sockets = new Set<Socket>();
  let underWay = 0;
  let most = 0;
  let accepted = 0;
  const server = createServer({ noDelay: true }, (client) => {
    accepted += 1;
    const target = connect({ host: "127.0.0.1", port, noDelay: true });
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    carry(client, target, { delay });
    carry(target, client, {
      delay,
      onChange(bytes) {
        underWay += bytes;
        most = Math.max(most, underWay);
      },
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    mostUnderWay: () => most,
    connections: () => accepted,
    cut,
    async close() {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}

interface CarryOptions {
  delay: number;
  /** Told of bytes that come onto the line, and, as a negative number, of those that leave it. */
  onChange?: (bytes: number) => void;
}

function carry(from: Socket, to: Socket, { delay, onChange = () => {} }: CarryOptions): void {
  const line: { dueAt: number; chunk: Buffer | undefined }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const deliver = () => {
    timer = undefined;
    while (line[0] !== undefined && line[0].dueAt <= performance.now()) {
      const chunk = line.shift()?.chunk;
      onChange(-(chunk?.length ?? 0));
      if (chunk === undefined) to.end();
      else if (to.writable) to.write(chunk);
    }
    if (line[0] !== undefined) timer = setTimeout(deliver, Math.max(0, line[0].dueAt - performance.now()));
  };
  const add = (chunk: Buffer | undefined) => {
    line.push({ dueAt: performance.now() + delay, chunk });
    onChange(chunk?.length ?? 0);
    timer ??= setTimeout(deliver, delay);
  };
  from.on("data", add);
  from.on("end", () => add(undefined));
  from.on("close", () => {
    if (from.readableEnded) return;
    clearTimeout(timer);
    to.destroy();
  });
}
