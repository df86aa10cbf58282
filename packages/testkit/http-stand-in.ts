import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { buffer } from "node:stream/consumers";
import { makeCertificates } from "./certificates.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

export interface ReceivedRequest {
  method: string;
  /** With the query, as it came. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What is answered: a status with headers and text, nothing ever, a connection that is cut, or a text without any end. */
export type HttpAnswer =
  | { status: number; headers?: Record<string, string>; body?: string }
  | { does: "hang" | "drop" | "endless" };

export interface HttpStandInOptions {
  tls?: boolean | undefined;
  /** One after the other; when none is left, `answer` decides. */
  answers?: readonly HttpAnswer[] | undefined;
  /** What a request deserves: 200 with `ok` if absent. */
  answer?: ((request: ReceivedRequest) => HttpAnswer) | undefined;
}

export interface HttpStandIn {
  /** `http://127.0.0.1:PORT`, or `https:` with a certificate for that address. */
  origin: string;
  port: number;
  /** PEM file of the authority to trust; undefined without TLS. */
  authorityFile: string | undefined;
  /** What arrived, oldest first. */
  requests: ReceivedRequest[];
  close(): Promise<void>;
}

/** An HTTP server on a free port of this host that stands in for somebody's service and keeps what it is sent. */
export async function startHttpStandIn(options: HttpStandInOptions = {}): Promise<HttpStandIn> {
  const { tls = false, answers = [], answer = () => ({ status: 200, body: "ok" }) } = options;
  const directory = createTemporaryDirectory("http");
  const certificates = tls ? await makeCertificates(directory.path) : undefined;
  const planned = [...answers];
  const requests: ReceivedRequest[] = [];
  const listener: RequestListener = async (incoming, response) => {
    const { method = "", url: path = "", headers } = incoming;
    const body = (await buffer(incoming)).toString("utf8");
    const request = { method, path, headers, body };
    requests.push(request);
    respond(planned.shift() ?? answer(request), response);
  };
  const server =
    certificates === undefined
      ? createServer(listener)
      : createTlsServer({ cert: certificates.certificate, key: certificates.key }, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("an HTTP server has a port");

  return {
    origin: `${tls ? "https" : "http"}://127.0.0.1:${address.port}`,
    port: address.port,
    authorityFile: certificates?.authorityFile,
    requests,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
      directory.remove();
    },
  };
}

function respond(answer: HttpAnswer, response: ServerResponse): void {
  if ("does" in answer) {
    if (answer.does === "drop") response.destroy();
    if (answer.does === "endless") writeForever(response);
    return;
  }
  response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
}

function writeForever(response: ServerResponse): void {
  if (response.destroyed) return;
  response.write("x".repeat(65_536), (error) => {
    if (!error) setImmediate(writeForever, response);
  });
}
