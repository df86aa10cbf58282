import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";

export interface HttpProxyOptions {
  /** The port of this host that every connection leads to; without one, all are refused. */
  leadsTo?: number;
}

export interface HttpProxy {
  /** With a user and a password. */
  address: string;
  password: string;
  /** Whom it was asked to connect with, as `host:port`. */
  asked: string[];
  close(): Promise<void>;
}

const password = "pr0xy-password";

/** A proxy on a free port of this host that knows CONNECT alone. */
export async function startHttpProxy({ leadsTo }: HttpProxyOptions = {}): Promise<HttpProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on("connection", (socket) => sockets.add(socket));
  server.on("connect", ({ url = "" }, socket) => {
    asked.push(url);
    if (leadsTo === undefined) {
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const target = connect(leadsTo, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    sockets.add(target);
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
    socket.pipe(target).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a proxy has a port");
  return {
    address: `http://user:${password}@127.0.0.1:${address.port}`,
    password,
    asked,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
