import { once } from "node:events";
import { createServer } from "node:net";

/** A TCP port of 127.0.0.1 that was free a moment ago, and none of those that are given out already and not yet in use. */
export async function freePort(others: readonly number[] = []): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    await once(server, "close");
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    if (!others.includes(address.port)) return address.port;
  }
}
