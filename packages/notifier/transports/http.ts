import { STATUS_CODES } from "node:http";
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import { trustedAuthorities } from "./authority.ts";
import { explainConnectionError } from "./connection-problem.ts";
import { DeliveryError } from "./delivery-error.ts";
import { explainAnswer, type HttpParty } from "./http-problem.ts";
import { decodePart, parseSecretUrl } from "./secret-url.ts";

export interface HttpRequest {
  url: URL;
  method?: "POST" | "PUT" | "PATCH" | undefined;
  headers?: Record<string, string> | undefined;
  contentType: string;
  body: string;
}

export interface HttpContext extends HttpParty {
  caFile: string | undefined;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

const connectTimeout = 10_000;
const answerTimeout = 20_000;
const longestAnswer = 16 * 1024;

/**
 * Sends one request; gives the answer's text, at most 16 KiB of it. Certificates are always checked, redirects never
 * followed, and the proxy is that of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. Rejects with a `DeliveryError` where the
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

async function exchange(
  { url, method = "POST", headers, contentType, body }: HttpRequest,
  dispatcher: Dispatcher,
  signal: AbortSignal,
) {
  const response = await request(url, {
    dispatcher,
    method,
    headers: { "user-agent": "backup-tools", "content-type": contentType, ...basicAuthorization(url), ...headers },
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

async function createDispatcher(url: URL, { caFile, environment, service }: HttpContext): Promise<Dispatcher> {
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new DeliveryError(`the message for ${service} would go unencrypted to ${url.host}`, {
      hint: "use an address that begins with https://; `caFile` names a certificate authority of your own",
      isTransient: false,
    });
  }
  const authorities = await trustedAuthorities(caFile);
  const tls = {
    rejectUnauthorized: true,
    timeout: connectTimeout,
    ...(authorities === undefined ? {} : { ca: authorities }),
  };
  if (isLoopback(url.hostname)) return new Agent({ connect: tls });
  return new EnvHttpProxyAgent({
    httpProxy: readProxy(environment.http_proxy || environment.HTTP_PROXY || ""),
    httpsProxy: readProxy(environment.https_proxy || environment.HTTPS_PROXY || ""),
    noProxy: environment.no_proxy || environment.NO_PROXY || "",
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
  });
}

// As other programs do, takes a name and port for a proxy over HTTP.
function readProxy(text: string): string {
  const address = text === "" || text.includes("://") ? text : `http://${text}`;
  if (address === "" || parseSecretUrl(address) !== undefined) return address;
  throw new DeliveryError("the proxy in HTTPS_PROXY or HTTP_PROXY is no address", {
    hint: "expected an address such as http://proxy.example.com:3128",
    isTransient: false,
  });
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
