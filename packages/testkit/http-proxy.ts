import { once } from "node:events";
import { createServer, request } from "node:http";
import { connect, type Socket } from "node:net";

export interface HttpProxyOptions {
  /** The port of this host that every connection leads to; without one, all are refused. */
  leadsTo?: number;
}

export interface HttpProxy {
  /** With a user and a password. */
  address: string;
  password: string;
  /** What it was asked for: `host:port` of tunnels, whole addresses else. */
  asked: string[];
  close(): Promise<void>;
}

const password = "pr0xy-password";

/** A proxy on a free port of this host, for tunnels (CONNECT) and for plain HTTP. */
export async function startHttpProxy({ leadsTo }: HttpProxyOptions = {}): Promise<HttpProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on("connection", (socket) => sockets.add(socket));
  // A message that is not encrypted needs no tunnel: its whole address stands in the request.
  server.on("request", (incoming, response) => {
    const { url = "", method, headers } = incoming;
    asked.push(url);
    const onward = request({ host: "127.0.0.1", port: leadsTo, method, headers, path: new URL(url).pathname });
    onward.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    incoming.pipe(onward);
  });
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
