import { STATUS_CODES } from "node:http";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { trustedAuthorities } from "./authority.ts";
import { explainConnectionError } from "./connection-problem.ts";
import { DeliveryError } from "./delivery-error.ts";
import { explainAnswer, type HttpParty } from "./http-problem.ts";
import { isLoopback } from "./loopback.ts";
import { findProxy } from "./proxy.ts";
import { decodePart } from "./secret-url.ts";

export interface HttpRequest {
  url: URL;
  method?: "POST" | "PUT" | "PATCH" | undefined;
  headers?: Record<string, string> | undefined;
  contentType: string;
  body: string;
}

export interface HttpContext extends HttpParty {
  caFile: string | undefined;
  /** Whether a message may go unencrypted to another host. */
  allowHttp: boolean;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

const connectTimeout = 10_000;
const answerTimeout = 20_000;
const longestAnswer = 16 * 1024;

/**
 * Sends one request; gives the answer's text, at most 16 KiB of it. Certificates are always checked, redirects never
 * followed, and the proxy is that of `findProxy`. Rejects with a `DeliveryError` where the
 * answer is not a success.
 */
export async function sendRequest(message: HttpRequest, context: HttpContext): Promise<string> {
  const dispatcher = await createDispatcher(message.url, context);
  try {
    const { status, headers, text } = await exchange(message, dispatcher, context.signal);
    if (status >= 200 && status < 300) return text;
    throw explainAnswer({ status, reason: STATUS_CODES[status] ?? "", headers, text }, message.url, context);
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    throw explainConnectionError(error, message.url, { ...context, timedOut: context.signal.aborted });
  } finally {
    await dispatcher.destroy();
  }
}

/** All headers that notify itself sets. */
export function headersOf({ url, contentType, headers }: HttpRequest): Record<string, string> {
  return { "user-agent": "backup-tools", "content-type": contentType, ...basicAuthorization(url), ...headers };
}

async function exchange(message: HttpRequest, dispatcher: Dispatcher, signal: AbortSignal) {
  const { url, method = "POST", body } = message;
  const response = await request(url, {
    dispatcher,
    method,
    headers: headersOf(message),
    body,
    signal,
    headersTimeout: answerTimeout,
    bodyTimeout: answerTimeout,
  });
  return { status: response.statusCode, headers: response.headers, text: await readStart(response.body) };
}

// A user and password in an address stand for this header.
function basicAuthorization({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const account = `${decodePart(username)}:${decodePart(password)}`;
  return { authorization: `Basic ${Buffer.from(account).toString("base64")}` };
}

async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= longestAnswer) break;
  }
  return Buffer.concat(chunks).subarray(0, longestAnswer).toString("utf8");
}

async function createDispatcher(url: URL, context: HttpContext): Promise<Dispatcher> {
  if (url.protocol === "http:" && !context.allowHttp && !isLoopback(url.hostname)) {
    throw new DeliveryError(`the message for ${context.service} would go unencrypted to ${url.host}`, {
      hint: "use an address that begins with https://; `caFile` names a certificate authority of your own; or accept it with `allowHttp: true`",
      isTransient: false,
    });
  }
  const authorities = await trustedAuthorities(context.caFile);
  const tls = {
    rejectUnauthorized: true,
    timeout: connectTimeout,
    ...(authorities === undefined ? {} : { ca: authorities }),
  };
  const proxy = findProxy(url, context.environment);
  if (proxy === undefined) return new Agent({ connect: tls });
  // Proxies seldom tunnel to the port of plain HTTP.
  return new ProxyAgent({ uri: proxy, proxyTunnel: url.protocol === "https:", requestTls: tls, proxyTls: tls });
}
